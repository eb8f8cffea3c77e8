package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The filters behind {@code |}: those of single values here, those of lists in {@link ListFilters}. */
final class Filters {

    private static final Set<String> KNOWN = Set.of(
            "trim",
            "tojson",
            "string",
            "length",
            "count",
            "default",
            "d",
            "upper",
            "lower",
            "title",
            "capitalize",
            "replace",
            "int",
            "float",
            "abs",
            "round",
            "safe",
            "escape",
            "e",
            "indent",
            "format",
            "attr",
            "wordcount");

    private Filters() {}

    /** Refuses a filter that is not served. */
    static void check(Token name) {
        if (!KNOWN.contains(name.text()) && !ListFilters.KNOWN.contains(name.text())) {
            throw TemplateException.at(name.line(), "the filter '%s' is not served", name.text());
        }
    }

    /** The value that a filter makes of another one. */
    static Object apply(String filter, Object value, Arguments given) {
        if (ListFilters.KNOWN.contains(filter)) {
            return ListFilters.apply(filter, value, given);
        }
        return switch (filter) {
            case "trim" -> TextMethods.strip(Values.text(value), given.text(0, "chars", null), true, true);
            case "tojson" -> Json.of(value, shifted(value, given));
            case "string" -> Values.text(value);
            case "length", "count" -> length(value);
            case "default", "d" -> otherwise(value, given);
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "title" -> TextMethods.title(Values.text(value));
            case "capitalize" -> TextMethods.capitalize(Values.text(value));
            case "replace" -> TextMethods.replace(Values.text(value), given);
            case "int" -> whole(value, given.get(0, "default", 0L));
            case "float" -> decimal(value, given.get(0, "default", 0.0));
            case "abs" -> absolute(value);
            case "round" -> rounded(value, given);
            case "safe" -> Values.text(value);
            case "escape", "e" -> escaped(Values.text(value));
            case "indent" -> indented(Values.text(value), given);
            case "format" -> Formats.percent(Values.text(value), given.places(), given.run());
            case "attr" -> Access.attribute(value, Values.text(given.need(0, "name")));
            case "wordcount" -> (long) Values.text(value).strip().split("\\s+").length;
            default -> throw new TemplateException("the filter '%s' is not served".formatted(filter));
        };
    }

    /** The arguments with the value before them, as {@code json.dumps} counts them. */
    private static Arguments shifted(Object value, Arguments given) {
        if (!given.places().isEmpty()) {
            throw new TemplateException("tojson takes its arguments by name only");
        }
        return new Arguments(java.util.Collections.singletonList(value), given.names(), given.run());
    }

    static long length(Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            case null, default -> throw new TemplateException("%s has no length".formatted(Values.type(value)));
        };
    }

    private static Object otherwise(Object value, Arguments given) {
        boolean falseToo = Values.truth(given.get(1, "boolean", false));
        boolean missing = value instanceof Undefined || falseToo && !Values.truth(value);
        return missing ? given.get(0, "default_value", "") : value;
    }

    private static Object whole(Object value, Object otherwise) {
        try {
            return switch (value) {
                case Long number -> number;
                case BigInteger number -> number;
                case Boolean flag -> Values.whole(flag);
                case Double number -> number.longValue();
                case String text -> Long.valueOf(text.strip());
                case null, default -> otherwise;
            };
        } catch (NumberFormatException e) {
            Object number = decimal(value, null);
            return number instanceof Double known ? (Object) known.longValue() : otherwise;
        }
    }

    private static Object decimal(Object value, Object otherwise) {
        try {
            return Values.isNumber(value)
                    ? (Object) Values.decimal(value)
                    : value instanceof BigInteger number
                            ? number.doubleValue()
                            : value instanceof String text ? Double.valueOf(text.strip()) : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static Object absolute(Object value) {
        if (!Values.isNumber(value)) {
            throw new TemplateException("%s has no absolute value".formatted(Values.type(value)));
        }
        return value instanceof Double number ? (Object) Math.abs(number) : Math.abs(Values.whole(value));
    }

    private static Object rounded(Object value, Arguments given) {
        int precision = given.number(0, "precision", 0);
        String method = given.text(1, "method", "common");
        if (!Values.isNumber(value) || Math.abs(precision) > 15) {
            throw new TemplateException("%s cannot be rounded to %d digits".formatted(Values.type(value), precision));
        }
        java.math.RoundingMode mode =
                switch (method) {
                    case "ceil" -> java.math.RoundingMode.CEILING;
                    case "floor" -> java.math.RoundingMode.FLOOR;
                    case "common" -> java.math.RoundingMode.HALF_EVEN;
                    default -> throw new TemplateException("the rounding '%s' is not served".formatted(method));
                };
        return new java.math.BigDecimal(Values.decimal(value))
                .setScale(precision, mode)
                .doubleValue();
    }

    private static String escaped(String text) {
        Map<String, String> signs = new LinkedHashMap<>();
        signs.put("&", "&amp;");
        signs.put("<", "&lt;");
        signs.put(">", "&gt;");
        signs.put("'", "&#39;");
        signs.put("\"", "&#34;");
        String escaped = text;
        for (Map.Entry<String, String> sign : signs.entrySet()) {
            escaped = escaped.replace(sign.getKey(), sign.getValue());
        }
        return escaped;
    }

    private static String indented(String text, Arguments given) {
        Object width = given.get(0, "width", 4L);
        String indent = width instanceof Long spaces ? " ".repeat(Math.clamp(spaces, 0, 64)) : Values.text(width);
        boolean first = Values.truth(given.get(1, "first", false));
        boolean blank = Values.truth(given.get(2, "blank", false));
        String[] lines = text.split("\n", -1);
        StringBuilder into = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            boolean indents = i == 0 ? first : blank || !lines[i].isEmpty();
            into.append(i == 0 ? "" : "\n").append(indents ? indent : "").append(lines[i]);
        }
        given.run().made(into.length());
        return into.toString();
    }
}
