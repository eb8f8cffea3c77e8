package dev.headroom.task;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.headroom.model.BrokenModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** Hugging Face's tokeniser, from a model's tokenizer.json. */
final class Tokenizer implements AutoCloseable {

    static {
        // Without it the library looks for a GPU's build of itself in the network, and reports its use from EC2.
        System.setProperty("ai.djl.offline", "true");
    }

    /** Enough text for the longest input in any language, as a rule. */
    private static final int CHARACTERS_PER_TOKEN = 32;

    private final HuggingFaceTokenizer tokenizer;
    private final int maxLength;

    private Tokenizer(HuggingFaceTokenizer tokenizer, int maxLength) {
        this.tokenizer = tokenizer;
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
            return new Tokenizer(
                    HuggingFaceTokenizer.builder()
                            .optTokenizerPath(file)
                            .optPadding(false)
                            .optTruncation(true)
                            .optMaxLength(maxLength)
                            .build(),
                    maxLength);
        } catch (IOException | RuntimeException e) {
            throw new BrokenModelException("%s: %s is no tokeniser that can be read (%s); export or download it again."
                    .formatted(file.getParent(), file.getFileName(), e.getMessage()));
        }
    }

    /**
     * Tokenises a text, truncated to the maximum length. A book takes no longer than its first pages: they are read
     * alone, and the rest only where they might not decide every token that is kept.
     */
    Encoding encode(String text) {
        int prefix = maxLength * CHARACTERS_PER_TOKEN;
        if (text.length() <= prefix) {
            return tokenizer.encode(text);
        }
        Encoding encoding = tokenizer.encode(text.substring(0, text.offsetByCodePoints(0, prefix / 2)));
        return decided(encoding, prefix / 2) ? encoding : tokenizer.encode(text);
    }

    /** Whether the input is full of tokens from well before the end of the text that was read. */
    private boolean decided(Encoding encoding, int characters) {
        int last = Arrays.stream(encoding.getCharTokenSpans())
                .filter(Objects::nonNull)
                .mapToInt(CharSpan::getEnd)
                .max()
                .orElse(0);
        return encoding.getIds().length == maxLength && last <= characters / 2;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
