package dev.headroom.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values as Python's {@code json.dumps} writes them, without ASCII escapes. */
final class Json {

    private static final int DEEPEST = 64;

    private final String indent; // null for one line
    private final String comma;
    private final String colon;
    private final boolean sorted;
    private final StringBuilder into = new StringBuilder();

    private Json(String indent, String comma, String colon, boolean sorted) {
        this.indent = indent;
        this.comma = comma;
        this.colon = colon;
        this.sorted = sorted;
    }

    /** The filter {@code tojson} of transformers. */
    static String of(Object value, Callable.Arguments given) {
        Object indent = given.get(1, "indent", null);
        String step =
                switch (indent) {
                    case null -> null;
                    case Long width -> " ".repeat(Math.clamp(width, 0, 64));
                    default -> Values.text(indent);
                };
        Object separators = given.get(2, "separators", null);
        List<?> both = separators instanceof List<?> list && list.size() == 2
                ? list
                : List.of(step == null ? ", " : ",", ": ");
        boolean sorted = Values.truth(given.get(3, "sort_keys", false));
        Json json = new Json(step, Values.text(both.get(0)), Values.text(both.get(1)), sorted);
        json.write(value, 0);
        given.run().made(json.into.length());
        return json.into.toString();
    }

    private void write(Object value, int depth) {
        if (into.length() > Run.MOST_CHARACTERS) {
            throw new TemplateException("a value has more than 16 MiB of JSON");
        }
        if (depth > DEEPEST) {
            throw new TemplateException("a value is nested more than %d times".formatted(DEEPEST));
        }
        switch (value) {
            case null -> into.append("null");
            case Boolean known -> into.append(known);
            case Long number -> into.append(number);
            case BigInteger number -> into.append(number);
            case Double number -> into.append(number(number));
            case String text -> Escapes.json(text, into);
            case List<?> list -> list(list, depth);
            case Map<?, ?> map -> map(sorted ? new TreeMap<>(map) : map, depth);
            default -> throw new TemplateException("%s has no form in JSON".formatted(Values.type(value)));
        }
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Values.number(number);
    }

    private void list(List<?> list, int depth) {
        into.append('[');
        String before = "";
        for (Object each : list) {
            into.append(before);
            line(depth + 1);
            write(each, depth + 1);
            before = comma;
        }
        end(list.isEmpty(), depth, ']');
    }

    private void map(Map<?, ?> map, int depth) {
        into.append('{');
        String before = "";
        for (Map.Entry<?, ?> each : map.entrySet()) {
            into.append(before);
            line(depth + 1);
            Escapes.json(Values.text(each.getKey()), into);
            into.append(colon);
            write(each.getValue(), depth + 1);
            before = comma;
        }
        end(map.isEmpty(), depth, '}');
    }

    private void end(boolean empty, int depth, char close) {
        if (!empty) {
            line(depth);
        }
        into.append(close);
    }

    private void line(int depth) {
        if (indent != null) {
            into.append('\n').append(indent.repeat(depth));
        }
    }
}
