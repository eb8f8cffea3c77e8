package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hugging Face's tokeniser, from a model's tokenizer.json. It lives as long as the process, because freeing it while a
 * text is tokenised would crash the JVM.
 */
final class Tokenizer {

    /** Characters that are read for each token of the longest input: enough of most languages, then of nearly any text. */
    private static final int[] CHARACTERS = {8, 32};

    /** The most characters that are read for each token. */
    static final int MOST_CHARACTERS = 1024;

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

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

    /**
     * Reads a tokeniser. Ignores the file's padding and truncation: MiniLM's pads every text to 128 tokens, which is
     * six times the work of a short one.
     *
     * @throws BrokenModelException when the file is no tokeniser
     */
    static Tokenizer open(TaskSpec.Text spec) {
        TokenizerLibrary.load();
        try {
            return new Tokenizer(spec);
        } catch (IOException | RuntimeException e) {
            throw unreadable(spec.tokenizer(), e);
        }
    }

    /** The failure of a file that is no tokeniser. */
    static BrokenModelException unreadable(Path file, Exception cause) {
        return new BrokenModelException("%s: %s is no tokeniser that can be read (%s); export or download it again."
                .formatted(file.getParent(), file.getFileName(), cause.getMessage()));
    }

    /**
     * Tokenises a text, truncated to the maximum length. Reads only the beginning of a long text, and more only if it does
     * not decide every token that is kept. Never reads more than 1,024 characters for each token: the rest changes a
     * token only in texts with hardly a space.
     */
    Tokens encode(String text) {
        for (int each : CHARACTERS) {
            String read = TextCut.beginning(text, maxLength * each);
            if (read.length() < text.length()) {
                long encoding = LIB.encode(handle, read, true);
                if (decided(encoding, read)) {
                    return tokens(encoding, true);
                }
                LIB.deleteEncoding(encoding);
            }
        }
        String read = TextCut.beginning(text, maxLength * MOST_CHARACTERS);
        return tokens(LIB.encode(handle, read, true), read.length() < text.length());
    }

    /** Tokenises a text, of which the end is kept. Reads only the end of a long text where that decides the tokens. */
    Tokens encodeEnd(String text) {
        for (int each : CHARACTERS) {
            String read = TextCut.end(text, maxLength * each);
            if (read.length() < text.length()) {
                WholeText whole = WholeText.of(LIB.encode(handle, read, true));
                if (TextCut.decidesFrom(read.offsetByCodePoints(0, whole.dropped(maxLength)), read)) {
                    return whole.last(maxLength, true);
                }
            }
        }
        String read = TextCut.end(text, maxLength * MOST_CHARACTERS);
        return WholeText.of(LIB.encode(handle, read, true)).last(maxLength, read.length() < text.length());
    }

    /** All tokens of a text, however long it is. */
    WholeText encodeWhole(String text, boolean special) {
        return WholeText.of(LIB.encode(handle, text, special));
    }

    /** The text that these tokens stand for. */
    String decode(long[] ids, boolean withoutSpecial) {
        return LIB.decode(handle, ids, withoutSpecial);
    }

    /** Tokenises a pair, of which the longer one is truncated until both fit. */
    Tokens encode(String first, String second) {
        String read = beginning(first, second);
        String readToo = beginning(second, first);
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

    /** True if ids have the special tokens at their ends that each text has. */
    boolean isWhole(long[] ids) {
        return encodeWhole("a", true).isAround(ids);
    }

    /** The ids of a longer text as a truncated one has them: the special tokens at its uncut end are kept. */
    long[] truncated(long[] ids, boolean left) {
        return ids.length <= maxLength ? ids : encodeWhole("a", true).cut(ids, maxLength, left);
    }

    /** Reads the tokens alone. DJL's own way also reads texts, words and places, which takes a third of the time. */
    private static Tokens tokens(long encoding, boolean cut) {
        try {
            return new Tokens(
                    LIB.getTokenIds(encoding), LIB.getTypeIds(encoding), cut || LIB.getOverflowCount(encoding) > 0);
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

    /**
     * The beginning of a text of a pair: as many characters as decide more tokens than there is room for. All where the other
     * text does not fit either, because then the longer one of the two keeps one token more.
     */
    private String beginning(String text, String other) {
        for (int each : CHARACTERS) {
            String read = TextCut.beginning(text, maxLength * each);
            if (read.length() < text.length() && fits(other) && decides(read)) {
                return read;
            }
        }
        return TextCut.beginning(text, maxLength * MOST_CHARACTERS);
    }

    private boolean fits(String text) {
        return text.length() <= maxLength * CHARACTERS[0] && !encode(text).truncated();
    }

    private boolean decides(String read) {
        long encoding = LIB.encode(handle, read, true);
        try {
            return decided(encoding, read);
        } finally {
            LIB.deleteEncoding(encoding);
        }
    }

    /** True if a cut text decides the tokens that are kept: more follow, and they end well before the cut. */
    private boolean decided(long encoding, String read) {
        if (LIB.getOverflowCount(encoding) == 0) {
            return false;
        }
        int codePoints = 0;
        for (CharSpan span : LIB.getTokenCharSpans(encoding)) {
            codePoints = span == null ? codePoints : Math.max(codePoints, span.getEnd());
        }
        int last = read.offsetByCodePoints(0, codePoints);
        return TextCut.decidesUpTo(last, read);
    }
}
