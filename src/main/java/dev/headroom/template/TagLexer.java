package dev.headroom.template;

import dev.headroom.template.Token.Kind;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Cuts a tag into tokens: <code>{{ ... }}</code> or <code>{% ... %}</code>. */
final class TagLexer {

    private static final Pattern OPENING = Pattern.compile("\\{[{%][-+]?");
    private static final Pattern PRINT_END = Pattern.compile("([-+]?)(\\}\\})");
    private static final Pattern TAG_END = Pattern.compile("([-+]?)(%\\})");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    private static final Pattern INTEGER = Pattern.compile("\\d[\\d_]*");
    private static final Pattern FLOAT = Pattern.compile("\\d[\\d_]*(?:\\.\\d+(?:[eE][-+]?\\d+)?|[eE][-+]?\\d+)");
    private static final Pattern STRING =
            Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+*/%~<>=()\\[\\]{},.:|]");

    private final Cursor cursor;
    private final List<Token> tokens;

    /**
     * Reads from a place.
     *
     * @param tokens takes the tokens
     */
    TagLexer(Cursor cursor, List<Token> tokens) {
        this.cursor = cursor;
        this.tokens = tokens;
    }

    /**
     * Reads the tag that begins here.
     *
     * @param opening its first two characters
     * @return the sign before its last two characters; empty where there is none
     */
    String read(String opening) {
        boolean print = opening.equals("{{");
        add(print ? Kind.PRINT : Kind.TAG, opening);
        cursor.take(OPENING);
        int open = 0;
        while (true) {
            cursor.takeSpaces();
            if (cursor.ended()) {
                throw TemplateException.at(cursor.line(), "a tag does not end with %s", print ? "}}" : "%}");
            }
            Optional<MatchResult> end = open == 0 ? cursor.take(print ? PRINT_END : TAG_END) : Optional.empty();
            if (end.isPresent()) {
                add(Kind.CLOSE, end.get().group(2));
                return end.get().group(1);
            }
            open += part();
        }
    }

    /** Reads a token; returns by how much it opens brackets. */
    private int part() {
        if (takes(NAME, Kind.NAME)
                || takes(STRING, Kind.STRING)
                || takes(FLOAT, Kind.FLOAT)
                || takes(INTEGER, Kind.INTEGER)) {
            return 0;
        }
        if (!takes(OPERATOR, Kind.OPERATOR)) {
            throw TemplateException.at(cursor.line(), "the character '%s' is no part of an expression", cursor.peek());
        }
        String operator = tokens.getLast().text();
        return "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
    }

    private boolean takes(Pattern pattern, Kind kind) {
        int line = cursor.line();
        Optional<MatchResult> taken = cursor.take(pattern);
        taken.ifPresent(text -> tokens.add(new Token(kind, content(kind, text.group()), line)));
        return taken.isPresent();
    }

    private static String content(Kind kind, String text) {
        return switch (kind) {
            case STRING -> Escapes.unquoted(text);
            case INTEGER, FLOAT -> text.replace("_", "");
            case NAME, OPERATOR, TEXT, PRINT, TAG, CLOSE, END -> text;
        };
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, cursor.line()));
    }
}
