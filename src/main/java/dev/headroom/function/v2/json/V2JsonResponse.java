package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.V2Models;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.tensor.BrainFloat;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes a response: JSON, followed by the outputs that are wanted as bytes. */
final class V2JsonResponse {

    /** A row of fewer bytes is copied, because a part of its own would take more. */
    private static final int SMALL_ROW = 1024;

    private static final int USUAL_JSON = 512;

    private final List<OutputRows> outputs;
    private final TensorRequest request;
    private final boolean binaryUnlessSaid;
    private final List<Tensor> binary = new ArrayList<>();

    /**
     * The body of a response.
     *
     * @param jsonLength the number of bytes that are JSON
     */
    record Body(ByteBuf bytes, int jsonLength) {}

    /**
     * A response with these outputs.
     *
     * @param request the answered request, which says which outputs are wanted as bytes
     */
    V2JsonResponse(List<OutputRows> outputs, TensorRequest request) {
        this.outputs = outputs;
        this.request = request;
        this.binaryUnlessSaid = WantedOutput.flag(request.parameters(), "binary_data_output", false);
    }

    /** Bytes that the elements take as JSON: of each its longest text and what stands between two; of texts their bytes, without escapes. */
    long jsonBytes() {
        long bytes = 0;
        for (OutputRows output : outputs) {
            if (!isBinary(output.name())) {
                long element =
                        switch (output.datatype()) {
                            case BOOL, UINT8, INT8, UINT16, INT16 -> 7;
                            case UINT32, INT32, FP16, BF16, FP32 -> 16;
                            case UINT64, INT64, FP64 -> 26;
                            case BYTES -> 4; // beside its bytes
                        };
                bytes += element * Tensor.elements(output.shape());
                bytes += output.datatype() == Datatype.BYTES ? output.bytes() : 0;
            }
        }
        return bytes;
    }

    /**
     * Writes the response, once.
     *
     * @throws dev.headroom.request.RequestFailedException when an output cannot be written as JSON
     */
    Body write() {
        ByteBuf out = Unpooled.buffer(USUAL_JSON);
        try (JsonGenerator json = V2Json.FACTORY.createGenerator((OutputStream) new ByteBufOutputStream(out))) {
            body(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int jsonLength = out.readableBytes();
        return new Body(withBinary(out), jsonLength);
    }

    /** The JSON with the rows behind it, of which only the small ones are copied. */
    private ByteBuf withBinary(ByteBuf json) {
        List<ByteBuf> parts = new ArrayList<>(List.of(json));
        ByteBuf end = json;
        for (Tensor row : binary) {
            ByteBuffer data = row.data();
            if (data.remaining() >= SMALL_ROW) {
                parts.add(Unpooled.wrappedBuffer(data));
                end = null;
            } else {
                if (end == null) {
                    end = Unpooled.buffer(SMALL_ROW);
                    parts.add(end);
                }
                end.writeBytes(data);
            }
        }
        return parts.size() == 1 ? json : Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuf[]::new));
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
        long[] shape = output.shape();
        json.writeArray(shape, 0, shape.length);
        if (isBinary(output.name())) {
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", output.bytes());
            json.writeEndObject();
            binary.addAll(output.rows());
        } else {
            json.writeArrayFieldStart("data");
            for (Tensor row : output.rows()) {
                values(json, output.name(), row);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private boolean isBinary(String name) {
        for (WantedOutput wanted : request.outputs()) {
            if (wanted.name().equals(name)) {
                return wanted.binary(binaryUnlessSaid);
            }
        }
        return binaryUnlessSaid;
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
