package dev.headroom.function.body;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.request.RequestFailedException;

/** A text that has a UTF-8 form, and so tokens. Half of a surrogate pair has none. */
public final class WellFormedText {

    private WellFormedText() {}

    /**
     * Reads one.
     *
     * @param name the field, for errors
     * @throws RequestFailedException when the value is no such text
     */
    public static String read(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw JsonFields.wrong(name, "is %s; send a string.", JsonFields.kind(value));
        }
        if (hasHalfPair(value.textValue())) {
            throw JsonFields.wrong(
                    name, "holds half of a surrogate pair, which is no Unicode text; send well-formed text.");
        }
        return value.textValue();
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int codePoint = text.codePointAt(i);
                if (codePoint <= Character.MAX_SURROGATE) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
