package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/** The filters of lists. */
final class ListFilters {

    static final Set<String> KNOWN = Set.of(
            "list",
            "first",
            "last",
            "join",
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr",
            "items",
            "dictsort",
            "sort",
            "unique",
            "reverse",
            "sum",
            "min",
            "max",
            "batch");

    private ListFilters() {}

    static Object apply(String filter, Object value, Arguments given) {
        return switch (filter) {
            case "list" -> Values.iterate(value);
            case "first" -> Access.subscript(Values.iterate(value), 0L);
            case "last" -> Access.subscript(Values.iterate(value), -1L);
            case "join" -> joined(value, given);
            case "map" -> mapped(Values.iterate(value), given);
            case "select" -> filtered(value, test(given), true);
            case "reject" -> filtered(value, test(given), false);
            case "selectattr" -> filtered(value, attributeTest(given), true);
            case "rejectattr" -> filtered(value, attributeTest(given), false);
            case "items" -> value instanceof Undefined ? List.of() : items(value);
            case "dictsort" -> dictsort(value, given);
            case "sort" -> sorted(Values.iterate(value), given);
            case "unique" -> unique(Values.iterate(value), given);
            case "reverse" ->
                value instanceof String text
                        ? new StringBuilder(text).reverse().toString()
                        : Values.iterate(value).reversed();
            case "sum" -> sum(Values.iterate(value), given);
            case "min" -> chosen(Values.iterate(value), (a, b) -> Comparison.compare(b, a) < 0 ? b : a);
            case "max" -> chosen(Values.iterate(value), (a, b) -> Comparison.compare(b, a) > 0 ? b : a);
            case "batch" -> batches(Values.iterate(value), given);
            default -> throw new TemplateException("the filter '%s' is not served".formatted(filter));
        };
    }

    /** A part of a value by a path such as {@code function.name}. */
    private static Object attribute(Object value, Object path) {
        if (path instanceof Long index) {
            return Access.subscript(value, index);
        }
        Object part = value;
        for (String name : Values.text(path).split("\\.")) {
            part = name.matches("\\d+") ? Access.subscript(part, Long.valueOf(name)) : Access.subscript(part, name);
        }
        return part;
    }

    private static Object joined(Object value, Arguments given) {
        Object path = given.get(1, "attribute", null);
        List<Object> parts = Values.iterate(value);
        if (path != null) {
            parts.replaceAll(part -> attribute(part, path));
        }
        return TextMethods.join(Values.text(given.get(0, "d", "")), parts, given.run());
    }

    private static Object mapped(List<Object> parts, Arguments given) {
        Object path = given.names().get("attribute");
        List<Object> mapped = new ArrayList<>();
        for (Object part : parts) {
            given.run().step();
            if (path != null) {
                Object found = attribute(part, path);
                mapped.add(
                        found instanceof Undefined && given.names().containsKey("default")
                                ? given.names().get("default")
                                : found);
            } else {
                mapped.add(Filters.apply(Values.text(given.need(0, "filter")), part, given.after(1)));
            }
        }
        return mapped;
    }

    private static Predicate<Object> test(Arguments given) {
        return given.places().isEmpty()
                ? Values::truth
                : value -> Tests.holds(Values.text(given.places().getFirst()), value, given.after(1));
    }

    private static Predicate<Object> attributeTest(Arguments given) {
        Object path = given.need(0, "attribute");
        Predicate<Object> test = test(given.after(1));
        return value -> test.test(attribute(value, path));
    }

    private static Object filtered(Object value, Predicate<Object> test, boolean wanted) {
        List<Object> taken = Values.iterate(value);
        taken.removeIf(each -> test.test(each) != wanted);
        return taken;
    }

    private static Object items(Object value) {
        if (value instanceof Map<?, ?> map) {
            return Methods.items(map);
        }
        throw new TemplateException("%s has no items".formatted(Values.type(value)));
    }

    private static Object dictsort(Object value, Arguments given) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new TemplateException("%s cannot be sorted by keys".formatted(Values.type(value)));
        }
        long by = Values.text(given.get(1, "by", "key")).equals("value") ? 1 : 0;
        Comparator<Object> order = order(Values.truth(given.get(0, "case_sensitive", false)));
        List<Object> items = Methods.items(map);
        items.sort((one, other) -> order.compare(((List<?>) one).get((int) by), ((List<?>) other).get((int) by)));
        return Values.truth(given.get(2, "reverse", false)) ? items.reversed() : items;
    }

    private static Comparator<Object> order(boolean cased) {
        return (one, other) -> Comparison.compare(key(one, cased), key(other, cased));
    }

    private static Object key(Object value, boolean cased) {
        return value instanceof String text && !cased ? text.toLowerCase(Locale.ROOT) : value;
    }

    private static Object sorted(List<Object> parts, Arguments given) {
        Object path = given.get(2, "attribute", null);
        Comparator<Object> order = order(Values.truth(given.get(1, "case_sensitive", false)));
        boolean reverse = Values.truth(given.get(0, "reverse", false));
        Comparator<Object> by =
                path == null ? order : (one, other) -> order.compare(attribute(one, path), attribute(other, path));
        parts.sort(reverse ? by.reversed() : by);
        return parts;
    }

    private static Object unique(List<Object> parts, Arguments given) {
        List<Object> unique = new ArrayList<>();
        for (Object part : parts) {
            given.run().steps(unique.size() + 1L);
            if (unique.stream().noneMatch(known -> Comparison.equal(key(known, false), key(part, false)))) {
                unique.add(part);
            }
        }
        return unique;
    }

    private static Object sum(List<Object> parts, Arguments given) {
        Object path = given.get(0, "attribute", null);
        Object sum = given.get(1, "start", 0L);
        for (Object part : parts) {
            sum = Arithmetic.compute("+", sum, path == null ? part : attribute(part, path), given.run());
        }
        return sum;
    }

    private static Object chosen(List<Object> parts, BinaryOperator<Object> choice) {
        return parts.stream().reduce(choice).orElseGet(() -> new Undefined("the least of nothing"));
    }

    private static Object batches(List<Object> parts, Arguments given) {
        int size = given.number(0, "linecount", 0);
        if (size < 1) {
            throw new TemplateException("a batch has %d parts".formatted(size));
        }
        Object fill = given.get(1, "fill_with", null);
        List<Object> batches = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += size) {
            List<Object> batch = new ArrayList<>(parts.subList(i, Math.min(parts.size(), i + size)));
            batch.addAll(fill == null ? List.of() : Collections.nCopies(size - batch.size(), fill));
            batches.add(batch);
        }
        return batches;
    }
}
