package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Hugging Face's tokeniser, from a model's tokenizer.json. It lives as long as the process, because freeing it while a
 * text is tokenised would crash the JVM.
 */
final class Tokenizer {

    /** DJL's setting for the folder or file of its library. Without it the library is unpacked into DJL's cache. */
    private static final String LIBRARY = "RUST_LIBRARY_PATH";

    /** Usually enough text for the longest input, in any language. */
    private static final int CHARACTERS_PER_TOKEN = 32;

    private static final int MOST_PAGES = 32;

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

    /** A text's tokens, for each of a model's inputs. */
    record Tokens(long[] ids, long[] mask, long[] types, boolean truncated) {

        /** The first of these tokens. */
        Tokens first(int count) {
            return new Tokens(
                    Arrays.copyOf(ids, count), Arrays.copyOf(mask, count), Arrays.copyOf(types, count), truncated);
        }
    }

    private static boolean loaded;

    private final Path file;
    private final int maxLength;
    private final long handle;
    private long vocabulary;

    private Tokenizer(TaskSpec.Text spec) throws IOException {
        file = spec.tokenizer();
        maxLength = spec.maxLength();
        handle = LIB.createTokenizerFromString(spec.lowercase() ? Lowercase.first(file) : Files.readString(file));
        LIB.disablePadding(handle);
        LIB.setTruncation(handle, maxLength, "LONGEST_FIRST", 0);
    }

    /** Loads the library. DJL would first unpack another library to look for CUDA. */
    @SuppressWarnings("restricted")
    private static synchronized void load() {
        if (loaded) {
            return;
        }
        // Otherwise DJL looks for a GPU build of the library in the network, and reports its use on EC2.
        System.setProperty("ai.djl.offline", "true");
        String folder = System.getProperty(LIBRARY, System.getenv(LIBRARY));
        if (folder == null) {
            LibUtils.checkStatus();
        } else {
            Path path = Path.of(folder).toAbsolutePath();
            System.load(
                    (Files.isDirectory(path) ? path.resolve(System.mapLibraryName("tokenizers")) : path).toString());
        }
        loaded = true;
    }

    /**
     * Reads a tokeniser. Ignores the file's padding and truncation: MiniLM's pads every text to 128 tokens, which is
     * six times the work of a short one.
     *
     * @throws BrokenModelException when the file is no tokeniser
     */
    static Tokenizer open(TaskSpec.Text spec) {
        load();
        try {
            return new Tokenizer(spec);
        } catch (IOException | RuntimeException e) {
            Path file = spec.tokenizer();
            throw new BrokenModelException("%s: %s is no tokeniser that can be read (%s); export or download it again."
                    .formatted(file.getParent(), file.getFileName(), e.getMessage()));
        }
    }

    /**
     * Tokenises a text, truncated to the maximum length. Reads only the first pages of a book, and more only if they do
     * not decide every token that is kept. Never reads more than 1,024 characters for each token: the rest changes a
     * token only in texts with hardly a space.
     */
    Tokens encode(String text) {
        int pages = maxLength * CHARACTERS_PER_TOKEN;
        if (text.length() > pages) {
            long encoding = LIB.encode(handle, beginning(text, pages), true);
            if (decided(encoding, pages)) {
                return tokens(encoding, true);
            }
            LIB.deleteEncoding(encoding);
        }
        String read = beginning(text, pages * MOST_PAGES);
        return tokens(LIB.encode(handle, read, true), read.length() < text.length());
    }

    /** Tokenises a pair, of which the longer one is truncated until both fit. */
    Tokens encode(String first, String second) {
        int most = maxLength * CHARACTERS_PER_TOKEN * MOST_PAGES;
        String read = beginning(first, most);
        String readToo = beginning(second, most);
        return tokens(
                LIB.encodeDual(handle, read, readToo, true),
                read.length() + readToo.length() < first.length() + second.length());
    }

    /**
     * The number of tokens of a prompt, the special ones before it included, as sentence-transformers counts it: a
     * special token in the end does not count.
     */
    int promptLength(String prompt) {
        long[] ids = encode(prompt).ids();
        boolean ends = ids.length > 0 && SpecialTokens.ids(file).contains(ids[ids.length - 1]);
        return ids.length - (ends ? 1 : 0);
    }

    /** The ids of a longer text as a truncated one has them: the special tokens at its end are kept. */
    long[] truncated(long[] ids) {
        if (ids.length <= maxLength) {
            return ids;
        }
        long[] one = encode("a").ids();
        long[] none = encode("").ids();
        int end = 0;
        while (end < Math.min(none.length, maxLength)
                && none[none.length - 1 - end] == one[one.length - 1 - end]
                && none[none.length - 1 - end] == ids[ids.length - 1 - end]) {
            end++;
        }
        long[] kept = Arrays.copyOf(ids, maxLength);
        System.arraycopy(ids, ids.length - end, kept, maxLength - end, end);
        return kept;
    }

    /** Reads the tokens alone. DJL's own way also reads texts, words and places, which takes a third of the time. */
    private static Tokens tokens(long encoding, boolean cut) {
        try {
            return new Tokens(
                    LIB.getTokenIds(encoding),
                    LIB.getAttentionMask(encoding),
                    LIB.getTypeIds(encoding),
                    cut || LIB.getOverflowCount(encoding) > 0);
        } finally {
            LIB.deleteEncoding(encoding);
        }
    }

    /**
     * One more than the largest id of a token. Read at the first call, because it takes a while and few requests need
     * it.
     */
    synchronized long vocabulary() {
        if (vocabulary == 0) {
            vocabulary = Vocabulary.size(file);
        }
        return vocabulary;
    }

    private static String beginning(String text, int characters) {
        if (text.length() <= characters) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(characters - 1));
        return text.substring(0, splitsPair ? characters - 1 : characters);
    }

    /** True if the kept tokens end well before the end of the text that was read. */
    private boolean decided(long encoding, int characters) {
        int last = Arrays.stream(LIB.getTokenCharSpans(encoding))
                .filter(Objects::nonNull)
                .mapToInt(CharSpan::getEnd)
                .max()
                .orElse(0);
        return LIB.getTokenIds(encoding).length == maxLength && last <= characters / 4;
    }
}
