package dev.headroom.function.tools;

/** Arguments that are written as a JSON object, which ends where all its brackets are closed. */
final class JsonArguments implements ArgumentReader {

    private int open;
    private boolean inString;
    private boolean escaped;

    /** Behind the first bracket. */
    static JsonArguments begun() {
        JsonArguments begun = new JsonArguments();
        begun.open = 1;
        return begun;
    }

    @Override
    public void read(char c, StringBuilder to) {
        to.append(c);
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

    @Override
    public boolean whole() {
        return open == 0;
    }
}
