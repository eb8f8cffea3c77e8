package dev.headroom.template;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Comparisons between values, as Python makes them. */
final class Comparison {

    private Comparison() {}

    /** True if it holds between two values. */
    static boolean holds(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            case "<" -> compare(left, right) < 0;
            case "<=" -> compare(left, right) <= 0;
            case ">" -> compare(left, right) > 0;
            default -> compare(left, right) >= 0;
        };
    }

    static boolean equal(Object one, Object other) {
        if (one == other) {
            return true;
        }
        if (one instanceof List<?> list && other instanceof List<?> second) {
            Iterator<?> others = second.iterator();
            return list.size() == second.size() && list.stream().allMatch(each -> equal(each, others.next()));
        }
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> second) {
            return map.size() == second.size()
                    && map.entrySet().stream()
                            .allMatch(each -> second.containsKey(each.getKey())
                                    && equal(each.getValue(), second.get(each.getKey())));
        }
        if (Values.isNumber(one) && Values.isNumber(other)) {
            return compareNumbers(one, other) == 0;
        }
        return one instanceof Undefined && other instanceof Undefined
                || (one == null ? other == null : one.equals(other));
    }

    /** Orders two numbers, texts or lists. */
    static int compare(Object one, Object other) {
        if (Values.isNumber(one) && Values.isNumber(other)) {
            return compareNumbers(one, other);
        }
        if (one instanceof String text && other instanceof String second) {
            return Arrays.compare(
                    text.codePoints().toArray(), second.codePoints().toArray());
        }
        if (one instanceof List<?> list && other instanceof List<?> second) {
            for (int i = 0; i < Math.min(list.size(), second.size()); i++) {
                if (!equal(list.get(i), second.get(i))) {
                    return compare(list.get(i), second.get(i));
                }
            }
            return Integer.compare(list.size(), second.size());
        }
        throw new TemplateException("%s and %s have no order".formatted(Values.type(one), Values.type(other)));
    }

    private static int compareNumbers(Object one, Object other) {
        return one instanceof Double || other instanceof Double
                ? Double.compare(Values.decimal(one) + 0.0, Values.decimal(other) + 0.0)
                : Long.compare(Values.whole(one), Values.whole(other));
    }

    /** True if a list has the value, a map the key, a text the text. */
    static boolean contains(Object all, Object wanted) {
        return switch (all) {
            case String text when wanted instanceof String part -> text.contains(part);
            case List<?> list -> list.stream().anyMatch(each -> equal(each, wanted));
            case Map<?, ?> map -> wanted instanceof String && map.containsKey(wanted);
            case Undefined _ -> false;
            case null, default ->
                throw new TemplateException(
                        "%s cannot be looked for in %s".formatted(Values.type(wanted), Values.type(all)));
        };
    }
}
