package dev.headroom.template;

import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Cuts a template into tokens, with the settings of transformers: a line with nothing but a tag leaves nothing behind
 * ({@code trim_blocks}, {@code lstrip_blocks}).
 */
final class Lexer {

    private static final Pattern OPENING = Pattern.compile("\\{\\{|\\{%|\\{#");
    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%\\}");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*(\\.\\d+)?([eE][-+]?\\d+)?");
    private static final Pattern STRING =
            Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+*/%~<>=()\\[\\]{},.:|]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int counted;
    private boolean lineBegins = true; // what was read last, a trimmed line break included, ends a line

    private Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    /**
     * The tokens of a template.
     *
     * @throws TemplateException where a tag does not end, or holds a character that is no part of an expression
     */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        lexer.read();
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    /** The names in all tags of a template. */
    static Set<String> names(String source) {
        return tokens(source).stream()
                .filter(token -> token.kind() == Kind.NAME)
                .map(Token::text)
                .collect(Collectors.toUnmodifiableSet());
    }

    private void read() {
        Matcher opening = OPENING.matcher(source);
        while (opening.find(at)) {
            int start = opening.start();
            String kind = opening.group();
            text(start, kind);
            at = start;
            if (kind.equals("{#")) {
                comment();
            } else if (kind.equals("{%")
                    && RAW.matcher(source).region(at, source.length()).lookingAt()) {
                raw();
            } else {
                tag(kind);
            }
        }
        text(source.length(), "");
    }

    /** The text before a tag. */
    private void text(int end, String tag) {
        char sign = tag.isEmpty() || end + 2 >= source.length() ? ' ' : source.charAt(end + 2);
        text(end, sign, tag.equals("{%") || tag.equals("{#"));
    }

    private void text(int end, char sign, boolean block) {
        String text = source.substring(at, end);
        if (sign == '-') {
            text = TextMethods.strip(text, null, false, true);
        } else if (block && sign != '+') {
            text = withoutIndent(text);
        }
        if (!text.isEmpty()) {
            add(Kind.TEXT, text);
        }
        at = end;
    }

    /** Without the white space before a tag that is the first in its line. */
    private String withoutIndent(String text) {
        int line = text.lastIndexOf('\n') + 1;
        boolean blank = text.substring(line).codePoints().allMatch(TextMethods::isSpace);
        return blank && (line > 0 || lineBegins) ? text.substring(0, line) : text;
    }

    private void comment() {
        int end = source.indexOf("#}", at + 2);
        if (end < 0) {
            throw TemplateException.at(line(), "a comment does not end");
        }
        char sign = end > at + 2 ? source.charAt(end - 1) : ' ';
        at = end + 2;
        closed(sign, true);
    }

    private void raw() {
        Matcher opening = RAW.matcher(source).region(at, source.length());
        opening.lookingAt();
        at = opening.end();
        closed(opening.group(1).isEmpty() ? ' ' : '-', false);
        Matcher end = END_RAW.matcher(source);
        if (!end.find(at)) {
            throw TemplateException.at(line(), "{%% raw %%} does not end");
        }
        text(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
        at = end.end();
        closed(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
    }

    private void tag(String opening) {
        boolean print = opening.equals("{{");
        String closing = print ? "}}" : "%}";
        add(print ? Kind.PRINT : Kind.TAG, opening);
        at += 2;
        if (at < source.length() && "-+".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
        int open = 0;
        while (true) {
            spaces();
            if (at >= source.length()) {
                throw TemplateException.at(line(), "a tag does not end with %s", closing.replace("%", "%%"));
            }
            boolean sign = "-+".indexOf(source.charAt(at)) >= 0 && source.startsWith(closing, at + 1);
            if (open == 0 && (sign || source.startsWith(closing, at))) {
                char trims = sign ? source.charAt(at) : ' ';
                at += sign ? 3 : 2;
                add(Kind.CLOSE, closing);
                closed(trims, !print);
                return;
            }
            open += part();
        }
    }

    /** Takes what a closed tag trims behind it: with a minus all white space, else the line break behind a block. */
    private void closed(char sign, boolean block) {
        int from = at;
        if (sign == '-') {
            spaces();
        } else if (block && sign != '+' && source.startsWith("\n", at)) {
            at++;
        }
        lineBegins = at > from && source.charAt(at - 1) == '\n';
    }

    private void spaces() {
        while (at < source.length() && TextMethods.isSpace(source.charAt(at))) {
            at++;
        }
    }

    /** Reads a token within a tag; returns by how much it opens brackets. */
    private int part() {
        if (matches(NAME, Kind.NAME) || matches(STRING, Kind.STRING)) {
            return 0;
        }
        Matcher number = NUMBER.matcher(source).region(at, source.length());
        if (number.lookingAt()) {
            boolean whole = number.group(1) == null && number.group(2) == null;
            add(whole ? Kind.INTEGER : Kind.FLOAT, number.group().replace("_", ""));
            at = number.end();
            return 0;
        }
        if (!matches(OPERATOR, Kind.OPERATOR)) {
            throw TemplateException.at(line(), "the character '%s' is no part of an expression", source.charAt(at));
        }
        String operator = tokens.getLast().text();
        return "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
    }

    private boolean matches(Pattern pattern, Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, kind == Kind.STRING ? Escapes.unquoted(matcher.group()) : matcher.group());
        at = matcher.end();
        return true;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        for (; counted < Math.min(at, source.length()); counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }
}
