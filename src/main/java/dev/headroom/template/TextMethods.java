package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The methods of texts, as Python has them; {@link TextSplit} has those that split. */
final class TextMethods {

    private TextMethods() {}

    /** The method of a text that has this name; empty where there is none that is served. */
    static Optional<Callable> of(String text, String name) {
        Callable method =
                switch (name) {
                    case "strip" -> given -> strip(text, given.text(0, "chars", null), true, true);
                    case "lstrip" -> given -> strip(text, given.text(0, "chars", null), true, false);
                    case "rstrip" -> given -> strip(text, given.text(0, "chars", null), false, true);
                    case "split" -> given -> TextSplit.fromStart(text, given);
                    case "rsplit" -> given -> TextSplit.fromEnd(text, given);
                    case "splitlines" -> given -> TextSplit.lines(text);
                    case "startswith" -> given -> any(given, text::startsWith);
                    case "endswith" -> given -> any(given, text::endsWith);
                    case "upper" -> given -> text.toUpperCase(Locale.ROOT);
                    case "lower" -> given -> text.toLowerCase(Locale.ROOT);
                    case "title" -> given -> title(text);
                    case "capitalize" -> given -> capitalize(text);
                    case "replace" -> given -> replace(text, given);
                    case "join" -> given -> join(text, texts(Values.iterate(given.need(0, "iterable"))), given.run());
                    case "find" -> given -> find(text, text.indexOf(given.text(0, "sub", "")));
                    case "rfind" -> given -> find(text, text.lastIndexOf(given.text(0, "sub", "")));
                    case "count" -> given -> count(text, given.text(0, "sub", ""));
                    case "format" -> given -> Formats.braces(text, given);
                    case "removeprefix" ->
                        given -> {
                            String prefix = given.text(0, "prefix", "");
                            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                        };
                    case "removesuffix" ->
                        given -> {
                            String suffix = given.text(0, "suffix", "");
                            return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
                        };
                    case "isdigit", "isnumeric", "isdecimal" -> given -> all(text, Character::isDigit);
                    case "isalpha" -> given -> all(text, Character::isLetter);
                    case "isalnum" -> given -> all(text, Character::isLetterOrDigit);
                    case "isspace" -> given -> all(text, TextMethods::isSpace);
                    case "isupper" ->
                        given -> !text.equals(text.toLowerCase(Locale.ROOT))
                                && text.equals(text.toUpperCase(Locale.ROOT));
                    case "islower" ->
                        given -> !text.equals(text.toUpperCase(Locale.ROOT))
                                && text.equals(text.toLowerCase(Locale.ROOT));
                    default -> null;
                };
        return Optional.ofNullable(method);
    }

    private static boolean all(String text, IntPredicate kind) {
        return !text.isEmpty() && text.codePoints().allMatch(kind);
    }

    static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == 0x85;
    }

    private static boolean any(Arguments given, Predicate<String> test) {
        Object wanted = given.need(0, "prefix");
        List<?> all = wanted instanceof List<?> list ? list : List.of(Values.text(wanted));
        return all.stream().anyMatch(each -> test.test(Values.text(each)));
    }

    /** Without the characters at its ends: white space where none are named. */
    static String strip(String text, String characters, boolean left, boolean right) {
        int[] points = text.codePoints().toArray();
        IntPredicate off = characters == null ? TextMethods::isSpace : point -> characters.indexOf(point) >= 0;
        int from = 0;
        int to = points.length;
        while (left && from < to && off.test(points[from])) {
            from++;
        }
        while (right && to > from && off.test(points[to - 1])) {
            to--;
        }
        return new String(points, from, to - from);
    }

    static String replace(String text, Arguments given) {
        String old = Values.text(given.need(0, "old"));
        String other = Values.text(given.need(1, "new"));
        int most = given.number(2, "count", -1);
        StringBuilder into = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(old); at >= 0 && most != 0; most--) {
            into.append(text, from, at).append(other);
            given.run().made(other.length() + 1L);
            from = at;
            if (old.isEmpty()) {
                if (at == text.length()) {
                    break;
                }
                int next = text.offsetByCodePoints(at, 1);
                into.append(text, at, next);
                from = next;
                at = next;
            } else {
                from = at + old.length();
                at = text.indexOf(old, from);
            }
        }
        return into.append(text, from, text.length()).toString();
    }

    private static List<Object> texts(List<Object> parts) {
        parts.stream().filter(part -> !(part instanceof String)).findFirst().ifPresent(part -> {
            throw new TemplateException("join() takes texts, not %s".formatted(Values.type(part)));
        });
        return parts;
    }

    /** The parts as one text. */
    static String join(String between, List<Object> parts, Run run) {
        String text = parts.stream().map(Values::text).collect(Collectors.joining(between));
        run.made(text.length());
        return text;
    }

    private static Object find(String text, int at) {
        return (long) (at < 0 ? -1 : text.codePointCount(0, at));
    }

    private static Object count(String text, String part) {
        if (part.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** Each word with a large first letter. */
    static String title(String text) {
        StringBuilder into = new StringBuilder();
        boolean within = false;
        for (int point : text.codePoints().toArray()) {
            into.appendCodePoint(within ? Character.toLowerCase(point) : Character.toTitleCase(point));
            within = Character.isLetter(point);
        }
        return into.toString();
    }

    /** The first letter large, the others small. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }
}
