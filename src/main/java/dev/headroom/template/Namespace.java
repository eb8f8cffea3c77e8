package dev.headroom.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The value that {@code namespace()} makes: variables that a loop may set for the time after it. */
final class Namespace {

    private final Map<String, Object> variables = new LinkedHashMap<>();

    Namespace(Map<String, Object> first) {
        variables.putAll(first);
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    Object get(String name) {
        return variables.containsKey(name) ? variables.get(name) : new Undefined(name);
    }
}
