package dev.headroom.task;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.headroom.model.BrokenModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * Hugging Face's tokeniser, from a model's tokenizer.json. It lives as long as the process: freeing it while a text is
 * being tokenised would crash the JVM.
 */
final class Tokenizer {

    static {
        // Without it the library looks for a GPU's build of itself in the network, and reports its use from EC2.
        System.setProperty("ai.djl.offline", "true");
    }

    /** Enough text for the longest input in any language, as a rule. */
    private static final int CHARACTERS_PER_TOKEN = 32;

    private static final int MOST_PAGES = 32;

    /** A text's tokens, for each of a model's inputs, and whether there were more. */
    record Tokens(long[] ids, long[] mask, long[] types, boolean truncated) {}

    private final HuggingFaceTokenizer tokenizer;
    private final int maxLength;
    private final long vocabulary;

    private Tokenizer(HuggingFaceTokenizer tokenizer, int maxLength, long vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.maxLength = maxLength;
    }

    /**
     * Reads a tokeniser. What the file says of padding and truncation is not followed: MiniLM's pads every text to 128
     * tokens, six times the work of a short one.
     *
     * @param maxLength longest text in tokens; a longer one is truncated
     * @throws BrokenModelException when the file is no tokeniser
     */
    static Tokenizer open(Path file, int maxLength) {
        try {
            String length = Integer.toString(maxLength);
            Map<String, String> options =
                    Map.of("padding", "false", "truncation", "true", "maxLength", length, "modelMaxLength", length);
            return new Tokenizer(HuggingFaceTokenizer.newInstance(file, options), maxLength, Vocabulary.size(file));
        } catch (IOException | RuntimeException e) {
            throw new BrokenModelException("%s: %s is no tokeniser that can be read (%s); export or download it again."
                    .formatted(file.getParent(), file.getFileName(), e.getMessage()));
        }
    }

    /**
     * Tokenises a text, truncated to the maximum length. A book takes no longer than its first pages: they are read
     * alone, and more only where they do not decide every token that is kept. What lies beyond 1,024 characters for
     * each token is never read: it decides nothing but in a text that has hardly a space.
     */
    Tokens encode(String text) {
        int pages = maxLength * CHARACTERS_PER_TOKEN;
        if (text.length() > pages) {
            Encoding encoding = tokenizer.encode(beginning(text, pages));
            if (decided(encoding, pages)) {
                return new Tokens(encoding.getIds(), encoding.getAttentionMask(), encoding.getTypeIds(), true);
            }
        }
        String read = beginning(text, pages * MOST_PAGES);
        return tokens(TokenizersLibrary.LIB.encode(tokenizer.getHandle(), read, true), read.length() < text.length());
    }

    /** Tokenises a pair, of which the longer one is truncated until both fit. */
    Tokens encode(String first, String second) {
        int most = maxLength * CHARACTERS_PER_TOKEN * MOST_PAGES;
        String read = beginning(first, most);
        String readToo = beginning(second, most);
        return tokens(
                TokenizersLibrary.LIB.encodeDual(tokenizer.getHandle(), read, readToo, true),
                read.length() + readToo.length() < first.length() + second.length());
    }

    /** Without what DJL's own way reads too: a text, a word and a place for each token, a third of the time. */
    private static Tokens tokens(long encoding, boolean cut) {
        try {
            return new Tokens(
                    TokenizersLibrary.LIB.getTokenIds(encoding),
                    TokenizersLibrary.LIB.getAttentionMask(encoding),
                    TokenizersLibrary.LIB.getTypeIds(encoding),
                    cut || TokenizersLibrary.LIB.getOverflowCount(encoding) > 0);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** One more than the largest id of a token. */
    long vocabulary() {
        return vocabulary;
    }

    private static String beginning(String text, int characters) {
        if (text.length() <= characters) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(characters - 1));
        return text.substring(0, splitsPair ? characters - 1 : characters);
    }

    /** Whether the input is full of tokens from well before the end of the text that was read. */
    private boolean decided(Encoding encoding, int characters) {
        int last = Arrays.stream(encoding.getCharTokenSpans())
                .filter(Objects::nonNull)
                .mapToInt(CharSpan::getEnd)
                .max()
                .orElse(0);
        return encoding.getIds().length == maxLength && last <= characters / 4;
    }
}
