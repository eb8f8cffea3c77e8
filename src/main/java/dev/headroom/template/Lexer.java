package dev.headroom.template;

import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Cuts a template into tokens, with the settings of transformers: a line with nothing but a tag leaves nothing behind
 * ({@code trim_blocks}, {@code lstrip_blocks}). {@link TagLexer} cuts the tags.
 */
final class Lexer {

    private static final Pattern OPENING = Pattern.compile("(\\{\\{|\\{%|\\{#)([-+]?)");
    private static final Pattern COMMENT = Pattern.compile("\\{#");
    private static final Pattern COMMENT_END = Pattern.compile("([-+]?)#\\}");
    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%\\}");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern LINE_BREAK = Pattern.compile("\n");

    private final Cursor cursor;
    private final List<Token> tokens = new ArrayList<>();
    private final TagLexer tags;
    private boolean lineBegins = true; // what was read last, a trimmed line break included, ends a line

    private Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        cursor = new Cursor(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        tags = new TagLexer(cursor, tokens);
    }

    /**
     * The tokens of a template.
     *
     * @throws TemplateException where a tag does not end, or holds a character that is no part of an expression
     */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        lexer.read();
        lexer.add(Kind.END, "", lexer.cursor.line());
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
        Optional<MatchResult> opening = cursor.find(OPENING);
        while (opening.isPresent()) {
            String kind = opening.get().group(1);
            textBefore(opening.get(), opening.get().group(2), !kind.equals("{{"));
            Optional<MatchResult> raw = cursor.take(RAW);
            if (raw.isPresent()) {
                raw(raw.get().group(1));
            } else if (cursor.take(COMMENT).isPresent()) {
                comment();
            } else {
                trim(tags.read(kind), !kind.equals("{{"));
            }
            opening = cursor.find(OPENING);
        }
        int line = cursor.line();
        add(Kind.TEXT, cursor.takeRest(), line);
    }

    /** Reads the text before a tag; the tag's sign, and its kind, say what of the white space before the tag is kept. */
    private void textBefore(MatchResult tag, String sign, boolean block) {
        int line = cursor.line();
        String text = cursor.takeUntil(tag.start());
        if (sign.equals("-")) {
            text = TextMethods.strip(text, null, false, true);
        } else if (block && !sign.equals("+")) {
            text = withoutIndent(text);
        }
        add(Kind.TEXT, text, line);
    }

    /** Without the white space before a tag that is the first in its line. */
    private String withoutIndent(String text) {
        int line = text.lastIndexOf('\n') + 1;
        boolean blank = text.substring(line).codePoints().allMatch(TextMethods::isSpace);
        return blank && (line > 0 || lineBegins) ? text.substring(0, line) : text;
    }

    private void comment() {
        MatchResult end = cursor.find(COMMENT_END)
                .orElseThrow(() -> TemplateException.at(cursor.line(), "a comment does not end"));
        cursor.takeUntil(end.end());
        trim(end.group(1), true);
    }

    private void raw(String sign) {
        trim(sign, false);
        MatchResult end =
                cursor.find(RAW_END).orElseThrow(() -> TemplateException.at(cursor.line(), "{%% raw %%} does not end"));
        textBefore(end, end.group(1), true);
        cursor.takeUntil(end.end());
        trim(end.group(2), true);
    }

    /** Takes what a tag trims behind it: with a minus all white space, else the line break behind a block. */
    private void trim(String sign, boolean block) {
        String trimmed = "";
        if (sign.equals("-")) {
            trimmed = cursor.takeSpaces();
        } else if (block && !sign.equals("+")) {
            trimmed = cursor.take(LINE_BREAK).map(MatchResult::group).orElse("");
        }
        lineBegins = trimmed.endsWith("\n");
    }

    private void add(Kind kind, String text, int line) {
        if (kind == Kind.END || !text.isEmpty()) {
            tokens.add(new Token(kind, text, line));
        }
    }
}
