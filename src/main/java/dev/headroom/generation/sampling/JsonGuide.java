package dev.headroom.generation.sampling;

import dev.headroom.generation.form.JsonProgress;
import dev.headroom.generation.form.TextForm;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Allows only tokens that continue a text of a form, for one sequence; one thread at a time may call. A token that ends the
 * sequence is allowed only where the form may end, such as behind a JSON object, which nothing else may follow.
 *
 * <p>A token of several bytes that are no whole characters has U+FFFD for them, which only a string may hold. Tokens of single
 * bytes are held to whole characters, because a decoder that falls back to bytes spoils the whole run otherwise.
 */
public final class JsonGuide {

    private final TokenTexts tokens;
    private final String[] texts;
    private final int[] ends;
    private final Map<Integer, String> spoken;
    private final JsonProgress progress;
    private Utf8Run bytes = Utf8Run.WHOLE;

    /**
     * At the beginning of a sequence. The first guide of a model takes some tenths of a second, because it reads the texts of
     * all tokens: make it on the request's thread.
     *
     * @param tokens those of the model's vocabulary
     * @param ends the tokens that end a sequence
     * @param form the form of the text
     */
    public JsonGuide(TokenTexts tokens, Set<Integer> ends, TextForm form) {
        this(tokens, ends, form, Map.of());
    }

    /**
     * The same where special tokens have a text.
     *
     * @param spoken their texts
     */
    public JsonGuide(TokenTexts tokens, Set<Integer> ends, TextForm form, Map<Integer, String> spoken) {
        progress = JsonProgress.of(form);
        this.tokens = tokens;
        this.spoken = spoken;
        texts = tokens.all();
        this.ends = ends.stream().mapToInt(Integer::intValue).toArray();
    }

    /** True if this token may come next. */
    public boolean allows(int token) {
        if (ends(token)) {
            return progress.mayEnd();
        }
        OptionalInt single = tokens.byteOf(token);
        if (single.isPresent()) {
            return allowsByte(single.getAsInt());
        }
        String text = text(token);
        return bytes.equals(Utf8Run.WHOLE) && (text.isEmpty() ? progress.takesAny() : progress.allows(text));
    }

    private boolean ends(int token) {
        for (int end : ends) {
            if (end == token) {
                return true;
            }
        }
        return false;
    }

    /** The text of a token; empty for an id beyond the tokeniser's, which a model may have. */
    private String text(int token) {
        return spoken.getOrDefault(token, token < texts.length ? texts[token] : "");
    }

    private boolean allowsByte(int next) {
        if (next >= 0x80) {
            return progress.inString() && bytes.allows(next);
        }
        return bytes.allows(next) && progress.allows(Character.toString(next));
    }

    /** Reads a token that was chosen. One that ends the sequence changes nothing. */
    public void advance(int token) {
        OptionalInt single = tokens.byteOf(token);
        if (single.isPresent()) {
            bytes = bytes.after(single.getAsInt());
        }
        if (ends(token)) {
            return;
        }
        if (single.isPresent() && single.getAsInt() >= 0x80) {
            progress.readPart();
        } else {
            progress.read(single.isPresent() ? Character.toString(single.getAsInt()) : text(token));
        }
    }

    /** Excludes all tokens that are not allowed. */
    void mask(Logits logits) {
        for (int id = 0; id < logits.length(); id++) {
            if (logits.at(id) > Float.NEGATIVE_INFINITY && !allows(id)) {
                logits.ban(id);
            }
        }
    }

    /** True once nothing may follow. */
    public boolean closed() {
        return progress.closed();
    }
}
