package dev.headroom.generation.form;

import java.util.Map;
import java.util.Set;

/**
 * The types of a tool's parameters.
 *
 * @param byName JSON Schema's words for the types that a parameter's value may have; none where its schema does not say
 */
public record ParameterTypes(Map<String, Set<String>> byName) {

    /** Those of a tool without a schema. */
    public static final ParameterTypes UNKNOWN = new ParameterTypes(Map.of());

    /** The types of a parameter; none where the schema does not say. */
    public Set<String> of(String name) {
        return byName.getOrDefault(name, Set.of());
    }
}
