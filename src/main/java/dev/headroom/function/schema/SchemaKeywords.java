package dev.headroom.function.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The keywords of one JSON Schema, read with errors that name the keyword. */
final class SchemaKeywords {

    private static final Set<String> DESCRIBING = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$id",
            "$comment",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions");
    private static final Set<String> ENFORCED = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "enum",
            "const",
            "anyOf",
            "$ref");

    private static final List<String> TYPES =
            List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private SchemaKeywords() {}

    /** Refuses keywords that are not enforced. */
    static void checkKeywords(JsonFields schema) {
        schema.json().fieldNames().forEachRemaining(keyword -> {
            if (!DESCRIBING.contains(keyword) && !ENFORCED.contains(keyword)) {
                throw JsonFields.wrong(
                        schema.prefix() + keyword,
                        "is not enforced here; leave it out, and check the answer yourself.");
            }
        });
    }

    /** Other keywords beside this one would have to hold, too. */
    static void alone(JsonFields schema, String keyword) {
        schema.json().fieldNames().forEachRemaining(other -> {
            if (ENFORCED.contains(other) && !other.equals(keyword)) {
                throw JsonFields.wrong(
                        schema.prefix() + other,
                        "stands beside %s, and both are not enforced together; leave one out.",
                        keyword);
            }
        });
    }

    /** The schema in a field. */
    static JsonFields object(JsonFields within, String field) {
        return within.within(field, "a schema, which is an object");
    }

    /** An array of at least one element. */
    static JsonNode array(JsonFields schema, String field) {
        JsonNode all = schema.json().path(field);
        if (!all.isArray() || all.isEmpty()) {
            throw JsonFields.wrong(
                    schema.prefix() + field,
                    "is %s; send an array of at least one element.",
                    all.isArray() ? "an empty array" : JsonFields.kind(all));
        }
        return all;
    }

    /** The types, one or more. */
    static List<String> types(JsonFields schema) {
        JsonNode type = schema.json().path("type");
        List<String> types = type.isArray()
                ? type.valueStream().map(SchemaKeywords::word).distinct().toList()
                : List.of(word(type));
        if (types.isEmpty() || !TYPES.containsAll(types)) {
            throw JsonFields.wrong(
                    schema.prefix() + "type",
                    "is %s; send one of %s, or an array of them.",
                    type.isMissingNode() ? "missing" : type,
                    String.join(", ", TYPES));
        }
        return types;
    }

    private static String word(JsonNode type) {
        return type.isTextual() ? type.textValue() : "";
    }

    /** Refuses members that the schema does not name. */
    static void checkAdditional(JsonFields schema) {
        JsonNode additional = schema.json().path("additionalProperties");
        if (!additional.isMissingNode() && !(additional.isBoolean() && !additional.booleanValue())) {
            throw JsonFields.wrong(
                    schema.prefix() + "additionalProperties",
                    "is %s, and only named properties are generated here; send false.",
                    JsonFields.kind(additional));
        }
    }

    /** The names of the members that have to come, which may be taken away. */
    static Set<String> required(JsonFields schema) {
        JsonNode names = schema.json().path("required");
        if (!names.isMissingNode() && !(names.isArray() && names.valueStream().allMatch(JsonNode::isTextual))) {
            throw JsonFields.wrong(
                    schema.prefix() + "required",
                    "is %s; send an array of names of properties.",
                    JsonFields.kind(names));
        }
        return names.valueStream().map(JsonNode::textValue).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
