package dev.headroom.function.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The value of an argument that has an element of its own.
 *
 * @param text what the model wrote
 * @param types JSON Schema's words for what it may be; none where the schema does not say
 */
record ElementValue(String text, Set<String> types) {

    private static final int ANY = Integer.MAX_VALUE;

    /** A value is as long and as deep as the model writes it. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(ANY)
                    .maxNumberLength(ANY)
                    .maxStringLength(ANY)
                    .maxNameLength(ANY)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(ANY).build())
            .build();

    private static final JsonMapper JSON = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES) // else 100.0 would become 1E+2
            .build();

    /**
     * The value as JSON: what the text says as JSON, or else as Python, if it is of one of the types; else the text. Null
     * is of every type but a text.
     *
     * @param untyped true if values of unknown types are read so, too, because the template writes them as JSON
     */
    String json(boolean untyped) {
        return written(
                types.isEmpty() && !untyped
                        ? TextNode.valueOf(text)
                        : Stream.of(parsed(text), PythonLiteral.json(text).flatMap(ElementValue::parsed))
                                .flatMap(Optional::stream)
                                .filter(this::fits)
                                .findFirst()
                                .orElseGet(() -> TextNode.valueOf(text)));
    }

    /** The text that a string of JSON says. */
    static String text(String json) {
        return parsed(json).map(JsonNode::textValue).orElseThrow();
    }

    private static String written(JsonNode value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON that was read can be written", e);
        }
    }

    private static Optional<JsonNode> parsed(String json) {
        try {
            return Optional.ofNullable(JSON.readTree(json)).filter(value -> !value.isMissingNode());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private boolean fits(JsonNode value) {
        return types.isEmpty()
                || value.isNull() && !types.contains("string")
                || types.stream().anyMatch(type -> is(value, type));
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "number" -> value.isNumber();
            case "integer" -> value.canConvertToExactIntegral();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false; // a text stands there without quotation marks
        };
    }
}
