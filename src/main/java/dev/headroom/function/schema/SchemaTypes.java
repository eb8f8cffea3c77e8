package dev.headroom.function.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.generation.form.ParameterTypes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads the types of parameters off a schema of any keywords, whether it is enforced or not.
 *
 * @param root the schema of all parameters, which may have definitions
 */
public record SchemaTypes(JsonNode root) {

    /** The types of the properties. */
    public static ParameterTypes of(JsonNode parameters) {
        SchemaTypes types = new SchemaTypes(parameters);
        Map<String, Set<String>> byName = new LinkedHashMap<>();
        parameters
                .path("properties")
                .properties()
                .forEach(property -> byName.put(property.getKey(), types.types(property.getValue(), new HashSet<>())));
        return new ParameterTypes(byName);
    }

    /** @param seen the references that were followed, each of which is once */
    private Set<String> types(JsonNode schema, Set<String> seen) {
        Set<String> types = new LinkedHashSet<>();
        String reference = schema.path("$ref").asText("");
        if (seen.add(reference)) {
            SchemaReference.of(reference).ifPresent(found -> types.addAll(types(found.in(root), seen)));
        }
        if (schema.path("type").isTextual()) {
            types.add(schema.path("type").textValue());
        }
        schema.path("type").forEach(type -> types.add(type.asText()));
        if (types.isEmpty()) {
            schema.path("enum").forEach(value -> types.add(type(value)));
            if (schema.has("const")) {
                types.add(type(schema.path("const")));
            }
        }
        for (String several : new String[] {"anyOf", "oneOf", "allOf"}) {
            schema.path(several).forEach(one -> types.addAll(types(one, seen)));
        }
        return types;
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            case NULL, MISSING, BINARY, POJO -> "null";
        };
    }
}
