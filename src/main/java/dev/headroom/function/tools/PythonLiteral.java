package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values as Python writes them: True, False, None, numbers, texts in quotation marks of either kind, lists and dictionaries. They are
 * put into the words of JSON; whether the whole is JSON shows when that is read.
 */
final class PythonLiteral {

    private static final Pattern TOKEN =
            Pattern.compile("'((?:[^'\\\\]|\\\\.)*+)'|\"((?:[^\"\\\\]|\\\\.)*+)\"|\\w+|[^'\"\\w]+", Pattern.DOTALL);

    private static final Pattern ESCAPE = Pattern.compile("\\\\(['\"\\\\nrt])");

    private PythonLiteral() {}

    /** The text in JSON's words; empty where it has a quotation mark too many, or other escapes. */
    static Optional<String> json(String text) {
        StringBuilder json = new StringBuilder();
        int end = 0;
        for (Matcher token = TOKEN.matcher(text); token.find() && token.start() == end; end = token.end()) {
            String quoted = token.group(1) == null ? token.group(2) : token.group(1);
            if (quoted != null && ESCAPE.matcher(quoted).replaceAll("").indexOf('\\') >= 0) {
                return Optional.empty();
            }
            json.append(quoted == null ? word(token.group()) : TextNode.valueOf(unescaped(quoted)));
        }
        return end == text.length() ? Optional.of(json.toString()) : Optional.empty();
    }

    private static String word(String word) {
        return switch (word) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            default -> word;
        };
    }

    private static String unescaped(String quoted) {
        return ESCAPE.matcher(quoted)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        switch (escape.group(1)) {
                            case "n" -> "\n";
                            case "r" -> "\r";
                            case "t" -> "\t";
                            default -> escape.group(1);
                        }));
    }
}
