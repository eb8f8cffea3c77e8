package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.V2Models;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.tensor.BrainFloat;
import dev.headroom.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a response: JSON, followed by the outputs that are wanted as bytes. */
final class V2JsonResponse {

    private final List<OutputRows> outputs;
    private final TensorRequest request;
    private final boolean binaryUnlessSaid;
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    private V2JsonResponse(List<OutputRows> outputs, TensorRequest request) {
        this.outputs = outputs;
        this.request = request;
        this.binaryUnlessSaid = WantedOutput.flag(request.parameters(), "binary_data_output", false);
    }

    /**
     * Writes a response.
     *
     * @param request the answered request, which says which outputs are wanted as bytes
     * @throws dev.headroom.request.RequestFailedException when an output cannot be written as JSON
     */
    static V2Payload write(List<OutputRows> outputs, TensorRequest request) {
        V2JsonResponse writer = new V2JsonResponse(outputs, request);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = V2Json.FACTORY.createGenerator(out)) {
            writer.body(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int jsonLength = out.size();
        out.writeBytes(writer.binary.toByteArray());
        return new V2Payload(out.toByteArray(), jsonLength);
    }

    private void body(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("model_name", request.address().model());
        json.writeStringField("model_version", V2Models.VERSION);
        if (request.address().id().isPresent()) {
            json.writeStringField("id", request.address().id().get());
        }
        json.writeArrayFieldStart("outputs");
        for (OutputRows output : outputs) {
            output(json, output);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void output(JsonGenerator json, OutputRows output) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", output.name());
        json.writeStringField("datatype", output.datatype().name());
        json.writeFieldName("shape");
        json.writeArray(output.shape(), 0, output.shape().length);
        if (isBinary(output.name())) {
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", output.bytes());
            json.writeEndObject();
            output.rows().forEach(this::writeBinary);
        } else {
            json.writeArrayFieldStart("data");
            for (Tensor row : output.rows()) {
                values(json, output.name(), row);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void writeBinary(Tensor row) {
        byte[] bytes = new byte[row.data().remaining()];
        row.data().get(bytes);
        binary.writeBytes(bytes);
    }

    private boolean isBinary(String name) {
        return request.outputs().stream()
                .filter(wanted -> wanted.name().equals(name))
                .findFirst()
                .map(wanted -> wanted.binary(binaryUnlessSaid))
                .orElse(binaryUnlessSaid);
    }

    private static void values(JsonGenerator json, String name, Tensor row) throws IOException {
        ByteBuffer data = row.data();
        while (data.hasRemaining()) {
            switch (row.datatype()) {
                case BOOL -> json.writeBoolean(data.get() != 0);
                case UINT8 -> json.writeNumber(data.get() & 0xFF);
                case INT8 -> json.writeNumber(data.get());
                case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.getShort()));
                case INT16 -> json.writeNumber(data.getShort());
                case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
                case INT32 -> json.writeNumber(data.getInt());
                case UINT64 -> json.writeNumber(Long.toUnsignedString(data.getLong()));
                case INT64 -> json.writeNumber(data.getLong());
                case FP16 -> json.writeNumber(Float.float16ToFloat(data.getShort()));
                case BF16 -> json.writeNumber(BrainFloat.toFloat(data.getShort()));
                case FP32 -> json.writeNumber(data.getFloat());
                case FP64 -> json.writeNumber(data.getDouble());
                case BYTES -> json.writeString(text(name, Tensor.nextBytes(data)));
            }
        }
    }

    private static String text(String name, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw JsonFields.invalid(
                    "The output '%s' holds bytes that are no UTF-8, which JSON cannot; ask for it with \"binary_data\": true.",
                    name);
        }
    }
}
