package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.InputBudget;
import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an inference request from its body, as a stream, so that no number becomes an object. Unknown fields are
 * skipped, as other servers do.
 */
final class V2JsonRequest {

    private static final int MOST_TENSORS = 1000;

    private final V2Payload body;
    private final InputBudget budget;
    private final ByteBuffer binary;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final List<WantedOutput> outputs = new ArrayList<>();
    private Optional<String> id = Optional.empty();
    private Map<String, Object> parameters = Map.of();

    private V2JsonRequest(V2Payload body, InputBudget budget) {
        this.body = body;
        this.budget = budget;
        this.binary = body.binary();
    }

    /**
     * Reads a request.
     *
     * @param address the model that the path names
     * @throws dev.headroom.request.RequestFailedException when the body holds no request
     */
    static TensorRequest read(TensorAddress address, V2Payload body, InputBudget budget) {
        V2JsonRequest request = new V2JsonRequest(body, budget);
        V2Json.read(body.bytes(), 0, body.jsonLength(), budget.mostElements(), request::body);
        request.checkWhole();
        return new TensorRequest(address.named(request.id), request.parameters, request.inputs, request.outputs);
    }

    private Void body(JsonParser parser) throws IOException {
        parser.nextToken();
        V2Json.expect(parser, JsonToken.START_OBJECT, "The body", "a JSON object such as {\"inputs\": [...]}");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            field(parser, field);
        }
        if (parser.nextToken() != null) {
            throw JsonFields.invalid(
                    "Something follows the body's JSON object; if it is tensors as bytes, send the header %s.",
                    V2Payload.JSON_LENGTH);
        }
        return null;
    }

    private void field(JsonParser parser, String field) throws IOException {
        switch (field) {
            case "id" -> id = id(parser);
            case "parameters" -> parameters = V2Parameters.read(parser, field);
            case "inputs" -> inputs(parser);
            case "outputs" -> outputs(parser);
            default -> parser.skipChildren();
        }
    }

    private static Optional<String> id(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        V2Json.expect(parser, JsonToken.VALUE_STRING, "id", "a string");
        return Optional.of(parser.getText()).filter(id -> !id.isEmpty());
    }

    private void inputs(JsonParser parser) throws IOException {
        V2Json.expect(parser, JsonToken.START_ARRAY, "inputs", "an array of tensors");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String field = "inputs[" + inputs.size() + "]";
            V2JsonInput input = new V2JsonInput(field, body, budget, binary);
            Tensor tensor = input.read(parser);
            if (inputs.put(input.name(), tensor) != null) {
                throw JsonFields.invalid(
                        "%s.name is '%s', as an input's before it; send each once.", field, input.name());
            }
            checkCount("inputs", inputs.size());
        }
    }

    private void outputs(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        V2Json.expect(parser, JsonToken.START_ARRAY, "outputs", "an array of {\"name\": ...}, or leave it out for all");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            outputs.add(output(parser, "outputs[" + outputs.size() + "]"));
            checkCount("outputs", outputs.size());
        }
    }

    private static void checkCount(String field, int tensors) {
        if (tensors > MOST_TENSORS) {
            throw JsonFields.tooLarge(
                    "%s holds more than %d tensors, which is more than any model has; send each once.",
                    field, MOST_TENSORS);
        }
    }

    private static WantedOutput output(JsonParser parser, String field) throws IOException {
        V2Json.expect(parser, JsonToken.START_OBJECT, field, "an object with a name");
        String name = null;
        Map<String, Object> parameters = Map.of();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "name" -> name = V2Json.string(parser, field, "name");
                case "parameters" -> parameters = V2Parameters.read(parser, field + ".parameters");
                default -> parser.skipChildren();
            }
        }
        if (name == null) {
            throw JsonFields.invalid("%s.name is missing; set it to the name of an output of the model.", field);
        }
        return new WantedOutput(name, parameters);
    }

    private void checkWhole() {
        if (inputs.isEmpty()) {
            throw JsonFields.invalid("inputs is missing or empty; send a tensor for each input of the model.");
        }
        if (binary.hasRemaining()) {
            throw JsonFields.invalid(
                    "%d bytes at the body's end belong to no input; the binary_data_size of all inputs is to be all that follows the JSON.",
                    binary.remaining());
        }
    }
}
