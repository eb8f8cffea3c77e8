package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/**
 * Whether a value is valid by a JSON Schema, for the keywords that are enforced.
 *
 * @param root the whole schema, which may have definitions
 */
record SchemaCheck(JsonNode root) {

    boolean admits(JsonNode value) {
        return admits(root, value);
    }

    private boolean admits(JsonNode schema, JsonNode value) {
        return (!schema.has("$ref")
                        || admits(root.at(schema.path("$ref").asText().substring(1)), value))
                && (!schema.has("anyOf") || schema.path("anyOf").valueStream().anyMatch(one -> admits(one, value)))
                && (!schema.has("enum") || schema.path("enum").valueStream().anyMatch(value::equals))
                && (!schema.has("const") || schema.path("const").equals(value))
                && isOfType(schema.path("type"), value)
                && (!value.isObject() || hasMembers(schema, value))
                && (!value.isArray() || hasElements(schema, value));
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        return type.isMissingNode()
                || (type.isArray()
                        ? type.valueStream().anyMatch(one -> isOfType(one, value))
                        : switch (type.asText()) {
                            case "object" -> value.isObject();
                            case "array" -> value.isArray();
                            case "string" -> value.isTextual();
                            case "number" -> value.isNumber();
                            case "integer" -> value.canConvertToExactIntegral();
                            case "boolean" -> value.isBoolean();
                            default -> value.isNull();
                        });
    }

    /** Names that the schema does not have are never generated where it has any. */
    private boolean hasMembers(JsonNode schema, JsonNode value) {
        JsonNode properties = schema.path("properties");
        return schema.path("required").valueStream().allMatch(name -> value.has(name.asText()))
                && (properties.isMissingNode()
                        || value.propertyStream()
                                .allMatch(member -> properties.has(member.getKey())
                                        && admits(properties.path(member.getKey()), member.getValue())));
    }

    private boolean hasElements(JsonNode schema, JsonNode value) {
        return value.size() >= schema.path("minItems").asInt(0)
                && value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE)
                && (!schema.has("items")
                        || StreamSupport.stream(value.spliterator(), false)
                                .allMatch(one -> admits(schema.path("items"), one)));
    }
}
