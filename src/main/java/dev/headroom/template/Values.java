package dev.headroom.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of templates, as Python sees them: null, Boolean, Long, Double, String, List, Map with texts as keys, {@link Undefined},
 * {@link Namespace} and {@link Callable}.
 */
final class Values {

    private static final int DEEPEST = 64;

    private Values() {}

    /** The value that a caller gave, in the types of templates. */
    static Object of(Object given) {
        return of(given, 0);
    }

    private static Object of(Object given, int depth) {
        if (depth > DEEPEST) {
            throw new TemplateException("a variable is nested more than %d times".formatted(DEEPEST));
        }
        return switch (given) {
            case null -> null;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Float number -> number.doubleValue();
            case Boolean known -> known;
            case Long known -> known;
            case Double known -> known;
            case BigInteger known -> known; // behind 64 bits: written, but not calculated with
            case Number number -> new BigDecimal(number.toString()).doubleValue();
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> copy.put(String.valueOf(key), of(value, depth + 1)));
                yield copy;
            }
            case Collection<?> all -> {
                List<Object> copy = new ArrayList<>(all.size());
                all.forEach(each -> copy.add(of(each, depth + 1)));
                yield copy;
            }
            case CharSequence text -> text.toString();
            default -> throw new TemplateException("a variable has the type %s".formatted(given.getClass()));
        };
    }

    /** The name of a value's type in Python. */
    static String type(Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case String _ -> "str";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Undefined undefined -> throw undefined.refusal();
            case Namespace _ -> "namespace";
            default -> "function";
        };
    }

    static boolean truth(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean known -> known;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Undefined _ -> false;
            default -> true;
        };
    }

    /** The value as text, as Python's {@code str} makes it. */
    static String text(Object value) {
        return value instanceof String text ? text : value instanceof Undefined ? "" : repr(value, 0);
    }

    private static String repr(Object value, int depth) {
        if (depth > DEEPEST) {
            throw new TemplateException("a value is nested more than %d times".formatted(DEEPEST));
        }
        return switch (value) {
            case null -> "None";
            case Boolean known -> known ? "True" : "False";
            case Double number -> number(number);
            case String text -> Escapes.repr(text);
            case Tuple tuple when tuple.size() == 1 -> "(" + repr(tuple.get(0), depth + 1) + ",)";
            case Tuple tuple ->
                joined("(", tuple.stream().map(each -> repr(each, depth + 1)).toList(), ")");
            case List<?> list ->
                joined("[", list.stream().map(each -> repr(each, depth + 1)).toList(), "]");
            case Map<?, ?> map ->
                joined(
                        "{",
                        map.entrySet().stream()
                                .map(each -> repr(each.getKey(), depth + 1) + ": " + repr(each.getValue(), depth + 1))
                                .toList(),
                        "}");
            case Undefined _ -> "Undefined";
            case Namespace _, Callable _ -> throw new TemplateException("a %s is no text".formatted(type(value)));
            default -> value.toString();
        };
    }

    private static String joined(String open, List<String> parts, String close) {
        if (parts.stream().mapToLong(String::length).sum() > Run.MOST_CHARACTERS) {
            throw new TemplateException("a value has more than 16 MiB of text");
        }
        return open + String.join(", ", parts) + close;
    }

    /** A number as Python writes it. */
    static String number(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (number != 0 && (exponent < -4 || exponent >= 16)) {
            String digits = exact.unscaledValue().abs().toString();
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return "%s%s%se%s%02d"
                    .formatted(
                            number < 0 ? "-" : "",
                            digits.charAt(0),
                            fraction,
                            exponent < 0 ? "-" : "+",
                            Math.abs(exponent));
        }
        String plain = number == 0 ? (1 / number < 0 ? "-0" : "0") : exact.toPlainString();
        return plain.contains(".") ? plain : plain + ".0";
    }

    /** The values of a list, the keys of a map, the characters of a text. */
    static List<Object> iterate(Object value) {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> characters(text);
            case Undefined _ -> new ArrayList<>();
            case null, default -> throw new TemplateException("%s has no parts to go through".formatted(type(value)));
        };
    }

    /** The characters of a text, each a text. */
    static List<Object> characters(String text) {
        return new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
    }

    /** True for numbers, and for booleans, which Python counts as such. */
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double decimal(Object number) {
        return number instanceof Double known ? known : whole(number);
    }

    static long whole(Object number) {
        return number instanceof Boolean flag ? (flag ? 1 : 0) : (Long) number;
    }
}
