package dev.headroom.function.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.generation.form.ParameterTypes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the types of parameters off a schema of any keywords, whether it is enforced or not.
 *
 * @param root the schema of all parameters, which may have definitions
 */
public record SchemaTypes(JsonNode root) {

    /** The types of the properties, also of those behind references and in alternatives of the whole. */
    public static ParameterTypes of(JsonNode parameters) {
        Map<String, Set<String>> byName = new LinkedHashMap<>();
        new SchemaTypes(parameters).addProperties(parameters, new HashSet<>(), byName);
        return new ParameterTypes(byName);
    }

    private void addProperties(JsonNode schema, Set<String> seen, Map<String, Set<String>> to) {
        referred(schema, seen).ifPresent(found -> addProperties(found, seen, to));
        schema.path("properties")
                .properties()
                .forEach(property -> to.computeIfAbsent(property.getKey(), _ -> new LinkedHashSet<>())
                        .addAll(types(property.getValue(), new HashSet<>())));
        parts(schema).forEach(part -> addProperties(part, seen, to));
    }

    /** @param seen the references that were followed, each of which is once */
    private Optional<JsonNode> referred(JsonNode schema, Set<String> seen) {
        String reference = schema.path("$ref").asText("");
        return seen.add(reference) ? SchemaReference.of(reference).map(found -> found.in(root)) : Optional.empty();
    }

    private static Stream<JsonNode> parts(JsonNode schema) {
        return Stream.of("anyOf", "oneOf", "allOf")
                .flatMap(several -> schema.path(several).valueStream());
    }

    private Set<String> types(JsonNode schema, Set<String> seen) {
        Set<String> types = new LinkedHashSet<>();
        referred(schema, seen).ifPresent(found -> types.addAll(types(found, seen)));
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
        parts(schema).forEach(part -> types.addAll(types(part, seen)));
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
