package dev.headroom.function.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.form.JsonShape;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The values that a JSON Schema gives, as they are written. */
final class SchemaValues {

    /** The most values of an enum: each is followed while text is generated. */
    private static final int MOST_VALUES = 500;

    private static final JsonMapper JSON = new JsonMapper();
    private static final ObjectWriter ASCII = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private SchemaValues() {}

    /** The values of enum or of const, each in its own characters and in ASCII, because a model may lack tokens for others. */
    static JsonShape words(JsonFields schema, String keyword) {
        boolean one = keyword.equals("const");
        if (one && schema.json().has("enum")) {
            throw JsonFields.wrong(schema.prefix() + "enum", "stands beside const; leave one out.");
        }
        Iterable<JsonNode> values = one ? List.of(schema.json().path("const")) : SchemaKeywords.array(schema, "enum");
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode value : values) {
            if (schema.json().has("type")
                    && SchemaKeywords.types(schema).stream().noneMatch(type -> is(value, type))) {
                throw JsonFields.wrong(
                        schema.prefix() + keyword,
                        "has %s, which is not of the type; leave it out.",
                        JsonFields.kind(value));
            }
            texts.addAll(spellings(value));
        }
        if (texts.size() > 2 * MOST_VALUES) {
            throw JsonFields.wrong(
                    schema.prefix() + "enum", "has more than %d values; send fewer, or the type alone.", MOST_VALUES);
        }
        return new JsonShape.Words(List.copyOf(texts));
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "integer" -> value.canConvertToExactIntegral();
            case "boolean" -> value.isBoolean();
            default -> value.isNull();
        };
    }

    /** A value as JSON, in its own characters and in ASCII, without white space. */
    static List<String> spellings(JsonNode value) {
        try {
            return Stream.of(JSON.writeValueAsString(value), ASCII.writeValueAsString(value))
                    .distinct()
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON that was read can be written", e);
        }
    }
}
