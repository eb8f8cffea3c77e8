package dev.headroom.function.tools;

/** Finds the end of a JSON object. */
final class BracketCount {

    private int open;
    private boolean inString;
    private boolean escaped;

    /** Reads a further character. */
    void read(char c) {
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = c == '\\';
            inString = c != '"';
        } else {
            inString = c == '"';
            open += "{[".indexOf(c) >= 0 ? 1 : "}]".indexOf(c) >= 0 ? -1 : 0;
        }
    }

    /** True once all brackets are closed. */
    boolean closed() {
        return open == 0;
    }
}
