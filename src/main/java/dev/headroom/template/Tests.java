package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tests behind {@code is}. */
final class Tests {

    private static final Set<String> KNOWN = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "mapping",
            "iterable",
            "sequence",
            "number",
            "integer",
            "float",
            "boolean",
            "true",
            "false",
            "callable",
            "odd",
            "even",
            "divisibleby",
            "equalto",
            "eq",
            "sameas",
            "ne",
            "gt",
            "greaterthan",
            "ge",
            "lt",
            "lessthan",
            "le",
            "in",
            "upper",
            "lower");

    private Tests() {}

    /** Refuses a test that is not served. */
    static void check(Token name) {
        if (!KNOWN.contains(name.text())) {
            throw TemplateException.at(name.line(), "the test '%s' is not served", name.text());
        }
    }

    /** True if it holds for a value. */
    static boolean holds(String test, Object value, Arguments given) {
        return switch (test) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "iterable", "sequence" ->
                value instanceof String
                        || value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || value instanceof Undefined;
            case "number" -> Values.isNumber(value) || value instanceof BigInteger;
            case "integer" -> value instanceof Long || value instanceof BigInteger;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Callable;
            case "odd" -> remainder(value, 2L, given) == 1;
            case "even" -> remainder(value, 2L, given) == 0;
            case "divisibleby" -> remainder(value, given.need(0, "num"), given) == 0;
            case "equalto", "eq", "sameas" -> Comparison.equal(value, given.need(0, "other"));
            case "ne" -> !Comparison.equal(value, given.need(0, "other"));
            case "gt", "greaterthan" -> Comparison.compare(value, given.need(0, "other")) > 0;
            case "ge" -> Comparison.compare(value, given.need(0, "other")) >= 0;
            case "lt", "lessthan" -> Comparison.compare(value, given.need(0, "other")) < 0;
            case "le" -> Comparison.compare(value, given.need(0, "other")) <= 0;
            case "in" -> Comparison.contains(given.need(0, "seq"), value);
            case "upper" -> cased(value, true);
            case "lower" -> cased(value, false);
            default -> throw new TemplateException("the test '%s' is not served".formatted(test));
        };
    }

    private static double remainder(Object value, Object by, Arguments given) {
        return Values.decimal(Arithmetic.compute("%", value, by, given.run()));
    }

    private static boolean cased(Object value, boolean upper) {
        String text = Values.text(value);
        String large = text.toUpperCase(Locale.ROOT);
        String small = text.toLowerCase(Locale.ROOT);
        return !large.equals(small) && text.equals(upper ? large : small);
    }
}
