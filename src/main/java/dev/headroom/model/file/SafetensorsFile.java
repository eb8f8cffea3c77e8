package dev.headroom.model.file;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * A small file of the safetensors format: the length of a JSON header, the header with each tensor's type, shape and
 * place, and the tensors.
 */
public final class SafetensorsFile {

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
    public static SafetensorsFile read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than 1 GiB");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            return new SafetensorsFile(file, header(bytes), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw unreadable(file, e.getMessage());
        }
    }

    private static BrokenModelException unreadable(Path file, String problem) {
        return new BrokenModelException("%s: %s is no safetensors file that can be read (%s); download it again."
                .formatted(file.getParent(), file.getFileName(), problem));
    }

    /** Reads the header, and moves the position behind it. */
    private static JsonNode header(ByteBuffer bytes) throws IOException {
        long length = bytes.remaining() < Long.BYTES ? -1 : bytes.getLong();
        if (length < 0 || length > bytes.remaining()) {
            throw new IOException("its header is cut off");
        }
        byte[] header = new byte[(int) length];
        bytes.get(header);
        try {
            return new ObjectMapper().readTree(header);
        } catch (JsonProcessingException e) {
            throw new IOException("its header is no JSON");
        }
    }

    /** Checks that the tensors lie one behind the other, and fill the file. */
    private void checkPlaces() {
        List<Place> places =
                names().stream().map(this::place).sorted(comparing(Place::from)).toList();
        long end = 0;
        for (Place place : places) {
            if (place.from() != end || place.to() < end) {
                throw unreadable(file, "the data_offsets of its tensors overlap or leave gaps");
            }
            end = place.to();
        }
        if (end != data.limit()) {
            throw unreadable(file, end > data.limit() ? "it is too short" : "it holds bytes of no tensor");
        }
    }

    /** The first byte of a tensor, and the one behind its last. */
    private record Place(long from, long to) {}

    private Place place(String name) {
        JsonNode offsets = header.path(name).path("data_offsets");
        return new Place(offsets.path(0).asLong(-1), offsets.path(1).asLong(-1));
    }

    /**
     * Checks that these are the tensors.
     *
     * @throws BrokenModelException when one is missing, or there is another one
     */
    public void checkNames(Set<String> expected) {
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
    public float[] floats(String name, int... shape) {
        JsonNode tensor = header.path(name);
        long[] wanted = Arrays.stream(shape).asLongStream().toArray();
        long[] stored = StreamSupport.stream(tensor.path("shape").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
        if (!Arrays.equals(stored, wanted)) {
            throw broken("the tensor %s of shape %s, and has %s"
                    .formatted(name, Arrays.toString(shape), tensor.isMissingNode() ? names() : tensor.path("shape")));
        }
        String type = tensor.path("dtype").asText();
        long count = Arrays.stream(wanted).reduce(1, Math::multiplyExact);
        Place place = place(name);
        if (place.to() - place.from() != count * bytes(name, type)) {
            throw broken("%,d values of the tensor %s, and has %,d bytes for them"
                    .formatted(count, name, place.to() - place.from()));
        }
        checkPlaces();
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(type, (int) place.from(), i);
            if (!Float.isFinite(values[i])) {
                throw broken("finite numbers in the tensor %s, and has %s".formatted(name, values[i]));
            }
        }
        return values;
    }

    private int bytes(String name, String type) {
        return switch (type) {
            case "F64" -> Double.BYTES;
            case "F32" -> Float.BYTES;
            case "F16", "BF16" -> Short.BYTES;
            default -> throw broken("the tensor %s as F32, F16 or BF16, and has %s".formatted(name, type));
        };
    }

    private float value(String type, int from, int index) {
        return switch (type) {
            case "F64" -> (float) data.getDouble(from + index * Double.BYTES);
            case "F32" -> data.getFloat(from + index * Float.BYTES);
            case "F16" -> Float.float16ToFloat(data.getShort(from + index * Short.BYTES));
            default -> Float.intBitsToFloat(data.getShort(from + index * Short.BYTES) << Short.SIZE);
        };
    }

    private BrokenModelException broken(String lack) {
        return new BrokenModelException("%s: %s should hold %s; download the folder again."
                .formatted(file.getParent(), file.getFileName(), lack));
    }
}
