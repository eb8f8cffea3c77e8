package dev.headroom.template;

import java.util.ArrayList;
import java.util.List;

/** Operators between values, as Python computes them. */
final class Arithmetic {

    private Arithmetic() {}

    static Object compute(String operator, Object left, Object right, Run run) {
        if (left instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        try {
            return computed(operator, left, right, run);
        } catch (ArithmeticException e) {
            throw new TemplateException(e.getMessage());
        }
    }

    private static Object computed(String operator, Object left, Object right, Run run) {
        if (operator.equals("+") && left instanceof String text && right instanceof String second) {
            run.made(text.length() + second.length());
            return text + second;
        }
        if (operator.equals("+") && left instanceof List<?> list && right instanceof List<?> second) {
            run.made(list.size() + second.size());
            List<Object> all = new ArrayList<>(list);
            all.addAll(second);
            return all;
        }
        if (operator.equals("*") && right instanceof Long times && !Values.isNumber(left)) {
            return repeated(left, times, run);
        }
        if (operator.equals("*") && left instanceof Long times && !Values.isNumber(right)) {
            return repeated(right, times, run);
        }
        if (operator.equals("%") && left instanceof String format) {
            return Formats.percent(format, right, run);
        }
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            throw new TemplateException(
                    "%s %s %s cannot be computed".formatted(Values.type(left), operator, Values.type(right)));
        }
        boolean decimal = left instanceof Double || right instanceof Double || operator.equals("/");
        return decimal
                ? decimals(operator, Values.decimal(left), Values.decimal(right))
                : wholes(operator, Values.whole(left), Values.whole(right));
    }

    private static Object repeated(Object value, long times, Run run) {
        int count = Math.clamp(times, 0, Integer.MAX_VALUE);
        if (value instanceof String text) {
            run.made((long) text.length() * count);
            return text.repeat(text.isEmpty() ? 0 : count);
        }
        if (value instanceof List<?> list) {
            run.made((long) list.size() * count);
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < count && !list.isEmpty(); i++) {
                all.addAll(list);
            }
            return all;
        }
        throw new TemplateException("%s cannot be repeated".formatted(Values.type(value)));
    }

    private static Object decimals(String operator, double left, double right) {
        if (right == 0 && "/%//".contains(operator)) {
            throw new TemplateException("division by zero");
        }
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "//" -> Math.floor(left / right);
            case "%" -> left - right * Math.floor(left / right);
            default -> Math.pow(left, right);
        };
    }

    private static Object wholes(String operator, long left, long right) {
        if (right == 0 && "%//".contains(operator)) {
            throw new TemplateException("division by zero");
        }
        return switch (operator) {
            case "+" -> Math.addExact(left, right);
            case "-" -> Math.subtractExact(left, right);
            case "*" -> Math.multiplyExact(left, right);
            case "//" -> Math.floorDiv(left, right);
            case "%" -> Math.floorMod(left, right);
            default -> right < 0 ? (Object) Math.pow(left, right) : power(left, right);
        };
    }

    private static long power(long base, long exponent) {
        if (exponent > Long.SIZE && Math.abs(base) > 1) {
            throw new ArithmeticException("long overflow");
        }
        long result = 1;
        for (long i = 0; i < Math.min(exponent, 2L * Long.SIZE); i++) {
            result = Math.multiplyExact(result, base);
        }
        return base == -1 && exponent % 2 == 0 ? 1 : result;
    }
}
