package dev.headroom.template;

import java.util.List;
import java.util.Map;

/** A function of a template: a macro, a method of a value, or one that every template has. */
@FunctionalInterface
interface Callable {

    /** Calls it. */
    Object call(Arguments arguments);

    /** The arguments of a call, by their places and by their names. */
    record Arguments(List<Object> places, Map<String, Object> names, Run run) {

        /** The arguments of a call without any. */
        static Arguments none(Run run) {
            return new Arguments(List.of(), Map.of(), run);
        }

        int count() {
            return places.size() + names.size();
        }

        /** The argument at a place, or of this name; otherwise where there is neither. */
        Object get(int place, String name, Object otherwise) {
            return place < places.size() ? places.get(place) : names.getOrDefault(name, otherwise);
        }

        /** The same, which has to be there. */
        Object need(int place, String name) {
            Object value = get(place, name, this);
            if (value == this) {
                throw new TemplateException("the argument %s is missing".formatted(name));
            }
            return value;
        }

        String text(int place, String name, String otherwise) {
            Object value = get(place, name, otherwise);
            if (value != null && !(value instanceof String)) {
                throw new TemplateException("%s is no text, but %s".formatted(name, Values.type(value)));
            }
            return (String) value;
        }

        int number(int place, String name, int otherwise) {
            Object value = get(place, name, (long) otherwise);
            if (value instanceof Long whole && whole.intValue() == whole) {
                return whole.intValue();
            }
            throw new TemplateException("%s is no whole number, but %s".formatted(name, Values.type(value)));
        }

        /** The arguments behind the first ones. */
        Arguments after(int first) {
            return new Arguments(places.subList(Math.min(first, places.size()), places.size()), names, run);
        }
    }
}
