package dev.headroom.knative;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The faults of a document by a JSON schema of draft 7. A keyword that is not checked here is an error of the schema. */
final class SchemaCheck {

    /** Keywords that say nothing of a document, or only something that is not checked: formats of texts. */
    private static final Set<String> SILENT =
            Set.of("$schema", "$id", "id", "title", "description", "deprecated", "default", "format", "definitions");

    private static final Set<String> CHECKED = Set.of(
            "$ref",
            "type",
            "enum",
            "pattern",
            "minimum",
            "maximum",
            "items",
            "uniqueItems",
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "oneOf",
            "anyOf");

    private final JsonNode root;

    SchemaCheck(JsonNode root) {
        this.root = root;
    }

    /** The places that are wrong, each with the keyword that tells so. */
    List<String> errors(JsonNode document) {
        return errors("", document, root);
    }

    private List<String> errors(String at, JsonNode value, JsonNode schema) {
        List<String> errors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            String name = keyword.getKey();
            if (CHECKED.contains(name)) {
                errors.addAll(errors(at, value, schema, name, keyword.getValue()));
            } else if (!SILENT.contains(name) && !name.startsWith("x-")) {
                throw new IllegalArgumentException("the keyword " + name + " is not checked");
            }
        }
        return errors;
    }

    private List<String> errors(String at, JsonNode value, JsonNode schema, String name, JsonNode rule) {
        return switch (name) {
            case "$ref" -> errors(at, value, root.at(rule.asText().substring(1)));
            case "properties" -> properties(at, value, rule);
            case "patternProperties", "additionalProperties" -> others(at, value, schema, name, rule);
            case "items" -> items(at, value, rule);
            default -> holds(value, name, rule) ? List.of() : List.of("%s: %s %s".formatted(at, name, rule));
        };
    }

    private boolean holds(JsonNode value, String name, JsonNode rule) {
        Predicate<JsonNode> fits = schema -> errors("", value, schema).isEmpty();
        return switch (name) {
            case "type" -> rule.isArray() ? any(rule, type -> isOf(value, type.asText())) : isOf(value, rule.asText());
            case "enum" -> any(rule, value::equals);
            case "pattern" ->
                !value.isTextual()
                        || Pattern.compile(rule.asText())
                                .matcher(value.asText())
                                .find();
            case "minimum" -> !value.isNumber() || value.asDouble() >= rule.asDouble();
            case "maximum" -> !value.isNumber() || value.asDouble() <= rule.asDouble();
            case "uniqueItems" -> !value.isArray() || unique(value);
            case "required" -> !value.isObject() || !any(rule, field -> !value.has(field.asText()));
            case "oneOf" -> rule.valueStream().filter(fits).count() == 1;
            case "anyOf" -> any(rule, fits);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean any(JsonNode all, Predicate<JsonNode> fits) {
        return all.valueStream().anyMatch(fits);
    }

    private static boolean unique(JsonNode array) {
        Set<JsonNode> seen = new HashSet<>();
        return array.valueStream().allMatch(seen::add);
    }

    private static boolean isOf(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> throw new IllegalArgumentException("the type " + type);
        };
    }

    private List<String> properties(String at, JsonNode value, JsonNode schemas) {
        List<String> errors = new ArrayList<>();
        schemas.properties().stream()
                .filter(field -> value.has(field.getKey()))
                .forEach(field ->
                        errors.addAll(errors(at + "/" + field.getKey(), value.get(field.getKey()), field.getValue())));
        return errors;
    }

    private List<String> items(String at, JsonNode value, JsonNode schema) {
        List<String> errors = new ArrayList<>();
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            errors.addAll(errors(at + "/" + i, value.get(i), schema));
        }
        return errors;
    }

    private List<String> others(String at, JsonNode value, JsonNode schema, String keyword, JsonNode rule) {
        List<String> errors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String place = at + "/" + field.getKey();
            List<JsonNode> patterns = new ArrayList<>();
            schema.path("patternProperties").properties().stream()
                    .filter(pattern -> Pattern.compile(pattern.getKey())
                            .matcher(field.getKey())
                            .find())
                    .forEach(pattern -> patterns.add(pattern.getValue()));
            if (keyword.equals("patternProperties")) {
                patterns.forEach(pattern -> errors.addAll(errors(place, field.getValue(), pattern)));
            } else if (patterns.isEmpty() && !schema.path("properties").has(field.getKey())) {
                errors.addAll(additional(place, field.getValue(), rule));
            }
        }
        return errors;
    }

    private List<String> additional(String place, JsonNode value, JsonNode rule) {
        if (rule.isBoolean()) {
            return rule.asBoolean() ? List.of() : List.of(place + ": no such field");
        }
        return errors(place, value, rule);
    }
}
