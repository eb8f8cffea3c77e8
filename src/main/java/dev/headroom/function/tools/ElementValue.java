package dev.headroom.function.tools;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
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

    /**
     * The value as JSON: what the text says as JSON, or else as Python, if it is of one of the types; else the text. Null
     * is of every type but a text.
     *
     * @param untyped true if values of unknown types are read so, too, because the template writes them as JSON
     */
    String json(boolean untyped) {
        return types.isEmpty() && !untyped
                ? TextNode.valueOf(text).toString()
                : Stream.of(JsonText.of(text), PythonLiteral.json(text).flatMap(JsonText::of))
                        .flatMap(Optional::stream)
                        .filter(this::fits)
                        .findFirst()
                        .map(JsonText::text)
                        .orElseGet(() -> TextNode.valueOf(text).toString());
    }

    private boolean fits(JsonText value) {
        return types.isEmpty()
                || value.kind() == JsonToken.VALUE_NULL && !types.contains("string")
                || types.stream().anyMatch(type -> is(value, type));
    }

    private static boolean is(JsonText value, String type) {
        return switch (type) {
            case "object" -> value.kind() == JsonToken.START_OBJECT;
            case "array" -> value.kind() == JsonToken.START_ARRAY;
            case "number" -> value.kind().isNumeric();
            case "integer" -> value.kind() == JsonToken.VALUE_NUMBER_INT || isWhole(value);
            case "boolean" -> value.kind().isBoolean();
            case "null" -> value.kind() == JsonToken.VALUE_NULL;
            default -> false; // a text stands there without quotation marks
        };
    }

    /** True for a number such as 1.0 or 1e3. */
    private static boolean isWhole(JsonText value) {
        if (value.kind() != JsonToken.VALUE_NUMBER_FLOAT) {
            return false;
        }
        try {
            BigDecimal number = new BigDecimal(value.text());
            return number.signum() == 0
                    || number.scale() <= 0
                    || number.stripTrailingZeros().scale() <= 0;
        } catch (NumberFormatException e) {
            return false; // beyond the largest exponent
        }
    }
}
