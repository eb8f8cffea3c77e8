package dev.headroom.template;

/** Strings as Python writes them in its programs and in JSON. */
final class Escapes {

    private static final String SIMPLE = "nrtbfav0";
    private static final String MEANT = "\n\r\t\b\f\u0007\u000b\0";

    private Escapes() {}

    /** The content of a string in quotes. */
    static String unquoted(String quoted) {
        String inner = quoted.substring(1, quoted.length() - 1);
        if (inner.indexOf('\\') < 0) {
            return inner;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < inner.length(); i++) {
            char next = inner.charAt(i);
            i = next == '\\' && i + 1 < inner.length() ? escaped(inner, i + 1, text) : plain(next, i, text);
        }
        return text.toString();
    }

    private static int plain(char next, int at, StringBuilder text) {
        text.append(next);
        return at;
    }

    /** Appends what stands behind a backslash; returns the place of its last character. */
    private static int escaped(String inner, int at, StringBuilder text) {
        char kind = inner.charAt(at);
        int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        if (digits > 0 && at + digits < inner.length() && hexadecimal(inner, at + 1, digits)) {
            long point = Long.parseLong(inner.substring(at + 1, at + 1 + digits), 16);
            text.appendCodePoint(point <= Character.MAX_CODE_POINT ? (int) point : 0xfffd);
            return at + digits;
        }
        int simple = SIMPLE.indexOf(kind);
        if (simple >= 0) {
            text.append(MEANT.charAt(simple));
        } else if ("\\'\"".indexOf(kind) >= 0) {
            text.append(kind);
        } else if (kind != '\n') {
            text.append('\\').append(kind);
        }
        return at;
    }

    private static boolean hexadecimal(String text, int from, int digits) {
        return text.substring(from, from + digits).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }

    /** Appends a string as JSON has it. */
    static void json(String text, StringBuilder into) {
        into.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            int simple = "\"\\\n\r\t\b\f".indexOf(next);
            if (simple >= 0) {
                into.append('\\').append("\"\\nrtbf".charAt(simple));
            } else if (next < ' ') {
                into.append("\\u%04x".formatted((int) next));
            } else {
                into.append(next);
            }
        }
        into.append('"');
    }

    /** A string as Python's {@code repr} has it. */
    static String repr(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder into = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            int simple = "\n\r\t".indexOf(next);
            if (simple >= 0) {
                into.append('\\').append("nrt".charAt(simple));
            } else if (next == quote || next == '\\') {
                into.append('\\').append(next);
            } else if (next < ' ' || next == 0x7f) {
                into.append("\\x%02x".formatted((int) next));
            } else {
                into.append(next);
            }
        }
        return into.append(quote).toString();
    }
}
