package dev.headroom.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/** Requests to the models that answer tensors with themselves: {@code a} [rows, 3] and {@code b} [rows, columns]. */
record Tensors(String model, String datatype, List<Part> parts) {

    /** The models that are served, by the type of their tensors. */
    static final List<String> TYPES = List.of("FP32", "INT64", "INT8", "BYTES", "BOOL", "FP16", "UINT8");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final long[] ODD_SIZES = {
        0, -1, 1, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, 4_294_967_296L, 3_037_000_500L, 65_536
    };

    /** One tensor; its shape and its bytes need not go together. */
    record Part(String name, List<Long> shape, byte[] bytes) {}

    static String model(String type) {
        return "same-" + type.toLowerCase();
    }

    static Tensors next(Dice dice) {
        String type = dice.of(TYPES);
        int rows = dice.between(1, 4);
        List<Part> parts = List.of(part(dice, "a", type, rows, 3), part(dice, "b", type, rows, dice.between(0, 5)));
        return new Tensors(model(type), dice.onceIn(15) ? dice.of("FP64", "INT", "", "BF16", "BYTES") : type, parts);
    }

    private static Part part(Dice dice, String name, String type, long rows, long columns) {
        byte[] bytes = bytes(dice, type, (int) (rows * columns));
        List<Long> shape = List.of(rows, columns);
        return switch (dice.below(20)) {
            case 0 -> new Part(name, List.of(odd(dice), odd(dice)), bytes);
            case 1 -> new Part(name, List.of(rows, columns, odd(dice)), bytes);
            case 2 -> new Part(name, shape, new ByteMutation(dice).of(bytes));
            case 3 -> new Part(name, List.of(), bytes);
            case 4 -> new Part(name, List.of(0L, columns), new byte[0]);
            default -> new Part(name, shape, bytes);
        };
    }

    private static long odd(Dice dice) {
        return ODD_SIZES[dice.below(ODD_SIZES.length)];
    }

    private static byte[] bytes(Dice dice, String type, int elements) {
        ByteBuffer bytes = ByteBuffer.allocate(elements * 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            switch (type) {
                case "FP32" -> bytes.putFloat(dice.anyFloat());
                case "INT64" -> bytes.putLong(dice.anyLong());
                case "FP16" -> bytes.putShort((short) dice.below(65_536));
                case "BOOL" -> bytes.put((byte) dice.below(2));
                case "BYTES" -> bytes.putInt(2).put((byte) 'o').put((byte) 'k');
                default -> bytes.put((byte) dice.below(256));
            }
        }
        byte[] written = new byte[bytes.flip().remaining()];
        bytes.get(written);
        return written;
    }

    /** With the values as JSON: as many numbers as the shape asks for, where it is sane. */
    ObjectNode json() {
        ObjectNode request = JSON.createObjectNode().put("id", "7");
        ArrayNode inputs = request.putArray("inputs");
        for (Part part : parts) {
            ArrayNode data = input(inputs, part).putArray("data");
            long elements = part.shape.stream().reduce(1L, (a, b) -> a * b);
            IntStream.range(0, Math.clamp(elements, 0, 100)).forEach(i -> element(data));
        }
        return request;
    }

    private void element(ArrayNode data) {
        switch (datatype) {
            case "BYTES" -> data.add("ok");
            case "BOOL" -> data.add(true);
            case "FP32", "FP16", "FP64" -> data.add(0.5);
            default -> data.add(data.size());
        }
    }

    private ObjectNode input(ArrayNode inputs, Part part) {
        ObjectNode input = inputs.addObject().put("name", part.name).put("datatype", datatype);
        ArrayNode shape = input.putArray("shape");
        part.shape.forEach(shape::add);
        return input;
    }

    /** The JSON of the request whose values follow as bytes. */
    ObjectNode binaryJson(Dice dice) {
        ObjectNode request = JSON.createObjectNode();
        request.putObject("parameters").put("binary_data_output", dice.onceIn(2));
        ArrayNode inputs = request.putArray("inputs");
        for (Part part : parts) {
            long size = dice.onceIn(15) ? odd(dice) : part.bytes.length;
            input(inputs, part).putObject("parameters").put("binary_data_size", size);
        }
        return request;
    }

    /** As gRPC has it, with the values as bytes or without any. */
    byte[] message(boolean values) {
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder().setModelName(model).setId("7");
        for (Part part : parts) {
            request.addInputs(InferInputTensor.newBuilder()
                    .setName(part.name)
                    .setDatatype(datatype)
                    .addAllShape(part.shape));
            if (values) {
                request.addRawInputContents(ByteString.copyFrom(part.bytes));
            }
        }
        return request.build().toByteArray();
    }
}
