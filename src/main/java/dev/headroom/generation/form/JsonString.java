package dev.headroom.generation.form;

/** A string behind its first quotation mark. */
enum JsonString implements JsonScalar {
    TEXT,
    ESCAPE,
    HEX_OF_4,
    HEX_OF_3,
    HEX_OF_2,
    HEX_OF_1;

    @Override
    public JsonScalar next(char c) {
        return switch (this) {
            case TEXT -> text(c);
            case ESCAPE -> c == 'u' ? HEX_OF_4 : accepted("\"\\/bfnrt".indexOf(c) >= 0, TEXT);
            case HEX_OF_4 -> accepted(isHex(c), HEX_OF_3);
            case HEX_OF_3 -> accepted(isHex(c), HEX_OF_2);
            case HEX_OF_2 -> accepted(isHex(c), HEX_OF_1);
            case HEX_OF_1 -> accepted(isHex(c), TEXT);
        };
    }

    private static JsonScalar text(char c) {
        return switch (c) {
            case '"' -> Outcome.WHOLE;
            case '\\' -> ESCAPE;
            default -> accepted(c >= ' ', TEXT);
        };
    }

    private static JsonScalar accepted(boolean fits, JsonScalar next) {
        return fits ? next : Outcome.REFUSED;
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
