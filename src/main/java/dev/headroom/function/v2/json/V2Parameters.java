package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headroom.function.body.JsonFields;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the protocol's parameters: names with a string, a number or a boolean. */
final class V2Parameters {

    private static final int MOST = 64;

    private V2Parameters() {}

    /**
     * Reads the object that the parser is at, or null.
     *
     * @param field the name of the object, for errors
     */
    static Map<String, Object> read(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return Map.of();
        }
        V2Json.expect(parser, JsonToken.START_OBJECT, field, "an object");
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            Object value = scalar(parser, parser.nextToken());
            if (value != null) {
                parameters.put(name, value);
            }
            if (parameters.size() > MOST) {
                throw JsonFields.tooLarge(
                        "%s holds more than %d parameters, which nothing has; leave out what is not asked for.",
                        field, MOST);
            }
        }
        return Collections.unmodifiableMap(parameters);
    }

    private static Object scalar(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> {
                parser.skipChildren(); // no known parameter is null, an object or an array
                yield null;
            }
        };
    }
}
