package dev.headroom.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parts of values: attributes, subscripts and slices. */
final class Access {

    private Access() {}

    /** {@code value.name}: a method goes before a key of this name. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        if (value instanceof Namespace namespace) {
            return namespace.get(name);
        }
        return Methods.of(value, name)
                .<Object>map(method -> method)
                .orElseGet(() -> value instanceof Map<?, ?> map ? key(map, name) : new Undefined(name));
    }

    /** {@code value[index]}: a key goes before a method of this name. */
    static Object subscript(Object value, Object index) {
        return switch (value) {
            case Undefined undefined -> throw undefined.refusal();
            case Map<?, ?> map when index instanceof String name && map.containsKey(name) -> map.get(name);
            case List<?> list when index instanceof Long at -> at(list, at);
            case String text when index instanceof Long at -> at(Values.characters(text), at);
            case null -> new Undefined(Values.text(index));
            default -> index instanceof String name ? attribute(value, name) : new Undefined(Values.text(index));
        };
    }

    private static Object key(Map<?, ?> map, String name) {
        return map.containsKey(name) ? map.get(name) : new Undefined(name);
    }

    private static Object at(List<?> list, long index) {
        long place = index < 0 ? index + list.size() : index;
        return place >= 0 && place < list.size() ? list.get((int) place) : new Undefined(Long.toString(index));
    }

    /**
     * {@code value[from:to:step]}.
     *
     * @param from null for the beginning
     * @param to null for the end
     * @param step null for 1
     */
    static Object slice(Object value, Object from, Object to, Object step) {
        return switch (value) {
            case String text -> {
                StringBuilder part = new StringBuilder();
                slice(Values.characters(text), from, to, step).forEach(part::append);
                yield part.toString();
            }
            case List<?> list -> slice(list, from, to, step);
            case null, default -> throw new TemplateException("%s has no slices".formatted(Values.type(value)));
        };
    }

    private static List<Object> slice(List<?> list, Object from, Object to, Object by) {
        long step = by == null ? 1 : number(by);
        if (step == 0) {
            throw new TemplateException("the step of a slice is 0");
        }
        int size = list.size();
        long first = from == null ? (step > 0 ? 0 : size - 1L) : bound(number(from), size, step);
        long end = to == null ? (step > 0 ? size : -1) : bound(number(to), size, step);
        List<Object> part = new ArrayList<>();
        for (long i = first; step > 0 ? i < end : i > end; i += step) {
            part.add(list.get((int) i));
        }
        return part;
    }

    private static long bound(long index, int size, long step) {
        long place = index < 0 ? index + size : index;
        return step > 0 ? Math.clamp(place, 0, size) : Math.clamp(place, -1, size - 1L);
    }

    private static long number(Object value) {
        if (value instanceof Long || value instanceof Boolean) {
            return Values.whole(value);
        }
        throw new TemplateException("a slice begins or ends at %s".formatted(Values.type(value)));
    }
}
