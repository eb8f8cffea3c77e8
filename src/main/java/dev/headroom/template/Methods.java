package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The methods of values. Those that change a value are refused, as transformers refuses them. */
final class Methods {

    private static final Set<String> CHANGE_LISTS =
            Set.of("append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort");
    private static final Set<String> CHANGE_MAPS = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Methods() {}

    /** The method of a value that has this name; empty where there is none. */
    static Optional<Callable> of(Object value, String name) {
        return switch (value) {
            case String text -> TextMethods.of(text, name);
            case List<?> list -> ofList(list, name);
            case Map<?, ?> map -> ofMap(map, name);
            case null, default -> Optional.empty();
        };
    }

    private static Optional<Callable> ofList(List<?> list, String name) {
        if (CHANGE_LISTS.contains(name)) {
            return Optional.of(refused(name));
        }
        return switch (name) {
            case "index" -> Optional.of(given -> index(list, given));
            case "count" ->
                Optional.of(given -> list.stream()
                        .filter(each -> Comparison.equal(each, given.need(0, "value")))
                        .count());
            case "copy" -> Optional.of(given -> new ArrayList<>(list));
            default -> Optional.empty();
        };
    }

    private static Object index(List<?> list, Arguments given) {
        for (int i = 0; i < list.size(); i++) {
            if (Comparison.equal(list.get(i), given.need(0, "value"))) {
                return (long) i;
            }
        }
        throw new TemplateException("a list does not hold what is looked for");
    }

    private static Optional<Callable> ofMap(Map<?, ?> map, String name) {
        if (CHANGE_MAPS.contains(name)) {
            return Optional.of(refused(name));
        }
        return switch (name) {
            case "items" -> Optional.of(given -> items(map));
            case "keys" -> Optional.of(given -> new ArrayList<>(map.keySet()));
            case "values" -> Optional.of(given -> new ArrayList<>(map.values()));
            case "copy" -> Optional.of(given -> new LinkedHashMap<>(map));
            case "get" ->
                Optional.of(given -> {
                    Object key = given.need(0, "key");
                    return map.containsKey(key) ? map.get(key) : given.get(1, "default", null);
                });
            default -> Optional.empty();
        };
    }

    /** Keys with their values. */
    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(new Tuple(Arrays.asList(key, value))));
        return items;
    }

    private static Callable refused(String name) {
        return given -> {
            throw new TemplateException("%s() changes a value, which a template may not".formatted(name));
        };
    }
}
