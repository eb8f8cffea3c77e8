package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.InputBudget;
import dev.headroom.function.v2.RawValues;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** Reads one input of a request: its fields in any order, its data from the JSON or from the bytes after it. */
final class V2JsonInput {

    private static final String BINARY_SIZE = "binary_data_size";

    private final String field;
    private final V2Payload body;
    private final InputBudget budget;
    private final ByteBuffer binary;
    private String name;
    private Datatype datatype;
    private long[] shape;
    private Map<String, Object> parameters = Map.of();
    private long dataAt = -1;
    private ByteBuffer data;

    /**
     * A reader for one input.
     *
     * @param field the field that holds it, for errors
     * @param binary the bytes behind the JSON that no earlier input has taken
     */
    V2JsonInput(String field, V2Payload body, InputBudget budget, ByteBuffer binary) {
        this.field = field;
        this.body = body;
        this.budget = budget;
        this.binary = binary;
    }

    Tensor read(JsonParser parser) throws IOException {
        V2Json.expect(parser, JsonToken.START_OBJECT, field, "an object with name, shape, datatype and data");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            field(parser, key);
        }
        checkPresent("name", name);
        checkPresent("shape", shape);
        checkPresent("datatype", datatype);
        return new Tensor(datatype, shape, values());
    }

    /** The name of the input that was read. */
    String name() {
        return name;
    }

    private void field(JsonParser parser, String key) throws IOException {
        switch (key) {
            case "name" -> name = V2Json.string(parser, field, "name");
            case "datatype" -> datatype = RawValues.datatype(field, V2Json.string(parser, field, "datatype"));
            case "shape" -> shape = shape(parser);
            case "parameters" -> parameters = V2Parameters.read(parser, field + ".parameters");
            case "data" -> data(parser);
            default -> parser.skipChildren();
        }
    }

    private long[] shape(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw JsonFields.invalid("%s.shape is %s; send an array of sizes.", field, V2Json.kind(parser));
        }
        long[] sizes = new long[InputBudget.MOST_DIMENSIONS + 1]; // one more shows that there are too many
        int dimensions = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw JsonFields.invalid(
                        "%s.shape[%d] is %s; send a whole number.", field, dimensions, V2Json.kind(parser));
            }
            boolean huge = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
            if (dimensions < sizes.length) {
                sizes[dimensions] = huge ? Long.MAX_VALUE : parser.getLongValue();
                dimensions++;
            }
        }
        return Arrays.copyOf(sizes, dimensions);
    }

    /** Data that comes before its type and shape is skipped, and read once they are known. */
    private void data(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw JsonFields.invalid("%s.data is %s; send an array of values.", field, V2Json.kind(parser));
        }
        dataAt = parser.currentTokenLocation().getByteOffset();
        if (dataAt < 0) {
            throw JsonFields.invalid("The body's JSON is no UTF-8; send UTF-8.");
        }
        if (datatype == null || shape == null) {
            parser.skipChildren();
        } else {
            data = values(parser, body.jsonLength() - dataAt);
        }
    }

    private ByteBuffer values() {
        Object size = parameters.get(BINARY_SIZE);
        if (size != null && dataAt >= 0) {
            throw JsonFields.invalid("%s has both data and the parameter %s; send one of them.", field, BINARY_SIZE);
        }
        if (size != null) {
            return binary(size);
        }
        if (dataAt < 0) {
            throw JsonFields.invalid("%s.data is missing; send an array of values.", field);
        }
        return data == null ? readAgain() : data;
    }

    private ByteBuffer readAgain() {
        int from = (int) dataAt;
        return V2Json.read(body.bytes(), from, body.jsonLength() - from, budget.mostElements(), parser -> {
            parser.nextToken();
            return values(parser, body.jsonLength() - dataAt);
        });
    }

    private ByteBuffer values(JsonParser parser, long most) throws IOException {
        int elements = budget.take(field, shape);
        if (elements > most) { // each value takes at least one byte
            throw JsonFields.invalid("%s.data holds fewer than the %d values of its shape; send all.", field, elements);
        }
        return new V2JsonValues(parser, field + ".data", datatype, elements).read(shape);
    }

    private ByteBuffer binary(Object size) {
        if (!(size instanceof Long bytes) || bytes < 0 || bytes > binary.remaining()) {
            throw JsonFields.invalid(
                    "%s's parameter %s is %s, and %d bytes follow the JSON and the inputs before it; send the header %s, and the size of this input's part.",
                    field, BINARY_SIZE, size, binary.remaining(), V2Payload.JSON_LENGTH);
        }
        ByteBuffer part = binary.slice(binary.position(), bytes.intValue());
        RawValues.check(field, datatype, budget.take(field, shape), part);
        binary.position(binary.position() + bytes.intValue());
        return part;
    }

    private void checkPresent(String key, Object value) {
        if (value == null) {
            throw JsonFields.invalid("%s.%s is missing; send name, shape, datatype and data.", field, key);
        }
    }
}
