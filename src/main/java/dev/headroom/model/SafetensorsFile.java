package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * A small file of the safetensors format: the length of a JSON header, the header with each tensor's type, shape and
 * place, and the tensors.
 */
final class SafetensorsFile {

    private static final long MOST_BYTES = 1L << 30;

    private final Path file;
    private final JsonNode header;
    private final ByteBuffer data;

    private SafetensorsFile(Path file, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /**
     * Reads a file.
     *
     * @throws BrokenModelException when it is none of this format
     */
    static SafetensorsFile read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than 1 GiB");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int length = Math.toIntExact(bytes.getLong());
            JsonNode header = new ObjectMapper().readTree(bytes.array(), Long.BYTES, length);
            return new SafetensorsFile(
                    file, header, bytes.position(Long.BYTES + length).slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException | RuntimeException e) {
            throw new BrokenModelException("%s: %s is no safetensors file that can be read (%s); download it again."
                    .formatted(file.getParent(), file.getFileName(), e.getMessage()));
        }
    }

    /**
     * Checks that these are the tensors.
     *
     * @throws BrokenModelException when one is missing, or there is another one
     */
    void checkNames(Set<String> expected) {
        if (!names().equals(expected)) {
            throw broken("the tensors %s, and has %s".formatted(new TreeSet<>(expected), names()));
        }
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        header.fieldNames().forEachRemaining(names::add);
        names.remove("__metadata__");
        return names;
    }

    /**
     * A tensor's values.
     *
     * @param shape the shape that it has to have
     * @throws BrokenModelException when there is no such tensor, or it has another shape or no floats
     */
    float[] floats(String name, int... shape) {
        JsonNode tensor = header.path(name);
        int[] stored = StreamSupport.stream(tensor.path("shape").spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
        if (!Arrays.equals(stored, shape)) {
            throw broken("the tensor %s of shape %s, and has %s"
                    .formatted(name, Arrays.toString(shape), tensor.isMissingNode() ? names() : tensor.path("shape")));
        }
        int from = tensor.path("data_offsets").path(0).asInt();
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = value(name, tensor.path("dtype").asText(), from, i);
            }
        } catch (IndexOutOfBoundsException e) {
            throw broken("all of the tensor %s, and is too short".formatted(name));
        }
        return values;
    }

    private float value(String name, String type, int from, int index) {
        return switch (type) {
            case "F64" -> (float) data.getDouble(from + index * Double.BYTES);
            case "F32" -> data.getFloat(from + index * Float.BYTES);
            case "F16" -> Float.float16ToFloat(data.getShort(from + index * Short.BYTES));
            case "BF16" -> Float.intBitsToFloat(data.getShort(from + index * Short.BYTES) << Short.SIZE);
            default -> throw broken("the tensor %s as F32, F16 or BF16, and has %s".formatted(name, type));
        };
    }

    private BrokenModelException broken(String lack) {
        return new BrokenModelException("%s: %s should hold %s; download the folder again."
                .formatted(file.getParent(), file.getFileName(), lack));
    }
}
