package dev.headroom.template;

/**
 * A part of a template.
 *
 * @param text the word, operator, number or content; that of a string without its quotes
 * @param line its line, counted from 1
 */
record Token(Kind kind, String text, int line) {

    /** The kinds of token. */
    enum Kind {
        /** Text between tags. */
        TEXT,
        /** Begins <code>{{</code>. */
        PRINT,
        /** Begins <code>{%</code>. */
        TAG,
        /** Ends either. */
        CLOSE,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind wanted, String word) {
        return kind == wanted && text.equals(word);
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end" : "'" + text + "'";
    }
}
