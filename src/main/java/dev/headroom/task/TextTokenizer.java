package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The tokeniser of a model that generates text: it never cuts a text, and makes text of tokens. Any thread may call. Like
 * {@link Tokenizer} it lives as long as the process.
 */
public final class TextTokenizer {

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

    private final long handle;
    private final int vocabulary;
    private final ByteTokens bytes;

    /** A token that stands before another one, so that the decoder takes that for one within a text. */
    private final int anchor;

    private final String anchorText;

    private TextTokenizer(Path file) throws IOException {
        handle = LIB.createTokenizerFromString(Files.readString(file));
        LIB.disablePadding(handle);
        LIB.disableTruncation(handle);
        vocabulary = Math.toIntExact(Vocabulary.size(file));
        int[] word = encode("a", false);
        anchor = word.length == 0 ? 0 : word[word.length - 1];
        anchorText = decode(new int[] {anchor}, true);
        bytes = ByteTokens.of(file, this::decode);
    }

    /**
     * Reads a tokeniser.
     *
     * @param file a tokenizer.json
     * @throws BrokenModelException when the file is no tokeniser
     */
    public static TextTokenizer open(Path file) {
        TokenizerLibrary.load();
        try {
            return new TextTokenizer(file);
        } catch (IOException | RuntimeException e) {
            throw Tokenizer.unreadable(file, e);
        }
    }

    /**
     * All tokens of a text. Special tokens that the text spells out become such tokens.
     *
     * @param special true adds the tokens that the tokeniser puts around a text
     */
    public int[] encode(String text, boolean special) {
        long encoding = LIB.encode(handle, text, special);
        try {
            return Arrays.stream(LIB.getTokenIds(encoding))
                    .mapToInt(Math::toIntExact)
                    .toArray();
        } finally {
            LIB.deleteEncoding(encoding);
        }
    }

    /** The text of these tokens, without the special ones. Ids that no token has are left out. */
    public String decode(int[] ids) {
        return decode(ids, true);
    }

    /**
     * The text of these tokens. Ids that no token has are left out.
     *
     * @param withoutSpecial true leaves special tokens out
     */
    public String decode(int[] ids, boolean withoutSpecial) {
        return LIB.decode(handle, Arrays.stream(ids).asLongStream().toArray(), withoutSpecial);
    }

    /**
     * The text of one token as it continues another: a word keeps the space before it. A token that holds a part of a
     * character has U+FFFD in its place.
     *
     * @param withoutSpecial true gives no text to a special token
     */
    public String piece(int id, boolean withoutSpecial) {
        String both = decode(new int[] {anchor, id}, withoutSpecial);
        return both.startsWith(anchorText)
                ? both.substring(anchorText.length())
                : decode(new int[] {id}, withoutSpecial);
    }

    /** The byte that a token stands for, 0 to 255, where a tokeniser falls back to bytes; empty for another token. */
    public OptionalInt byteOf(int id) {
        return bytes.byteOf(id);
    }

    /** One more than the largest id of a token. */
    public int vocabulary() {
        return vocabulary;
    }
}
