package dev.headroom.half;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the initialisers of a graph that ONNX Runtime wrote. Files of weights are mapped, so that they may be larger than the heap. */
final class Weights {

    private static final int INITIALIZER = 5;
    private static final int TYPE = 2;
    private static final int FLOATS = 4;
    private static final int NAME = 8;
    private static final int RAW = 9;
    private static final int EXTERNAL = 13;

    private final HalfType type;
    private final Path graph;
    private final Arena memory;
    private final Map<String, MemorySegment> files = new HashMap<>();

    private Weights(HalfType type, Path graph, Arena memory) {
        this.type = type;
        this.graph = graph;
        this.memory = memory;
    }

    /**
     * The initialisers of a GraphProto by their names, in its order.
     *
     * @param type the type that they may be converted to
     * @param file the graph's file
     * @param memory holds the mapped files
     */
    static Map<String, Weight> read(HalfType type, Path file, UnknownFieldSet graph, Arena memory) throws IOException {
        Weights weights = new Weights(type, file, memory);
        Map<String, Weight> byName = new LinkedHashMap<>();
        for (ByteString bytes : graph.getField(INITIALIZER).getLengthDelimitedList()) {
            UnknownFieldSet tensor = UnknownFieldSet.parseFrom(bytes);
            String name = last(tensor, NAME).toStringUtf8();
            byName.put(name, weights.weight(name, tensor));
        }
        return byName;
    }

    private Weight weight(String name, UnknownFieldSet tensor) throws IOException {
        int elements = tensor.getField(TYPE).getVarintList().getLast().intValue();
        return Weight.of(type, name, tensor, elements, content(tensor));
    }

    private static ByteString last(UnknownFieldSet message, int field) {
        return message.hasField(field)
                ? message.getField(field).getLengthDelimitedList().getLast()
                : ByteString.EMPTY;
    }

    /** The elements; none where they are in a field of numbers that are no floats, which is kept as it is. */
    private MemorySegment content(UnknownFieldSet tensor) throws IOException {
        if (tensor.hasField(EXTERNAL)) {
            return external(tensor);
        }
        ByteString all = last(tensor, RAW);
        for (ByteString packed : tensor.getField(FLOATS).getLengthDelimitedList()) {
            all = all.concat(packed);
        }
        return MemorySegment.ofArray(all.toByteArray());
    }

    private MemorySegment external(UnknownFieldSet tensor) throws IOException {
        Map<String, String> place = new HashMap<>();
        for (ByteString bytes : tensor.getField(EXTERNAL).getLengthDelimitedList()) {
            UnknownFieldSet entry = UnknownFieldSet.parseFrom(bytes);
            place.put(last(entry, 1).toStringUtf8(), last(entry, 2).toStringUtf8());
        }
        if (!place.keySet().containsAll(List.of("location", "offset", "length"))) {
            throw new InvalidProtocolBufferException("A tensor's external data has no place");
        }
        return file(place.get("location"))
                .asSlice(Long.parseLong(place.get("offset")), Long.parseLong(place.get("length")));
    }

    private MemorySegment file(String location) throws IOException {
        MemorySegment mapped = files.get(location);
        if (mapped == null) {
            try (FileChannel file = FileChannel.open(graph.resolveSibling(location))) {
                mapped = file.map(MapMode.READ_ONLY, 0, file.size(), memory);
            }
            files.put(location, mapped);
        }
        return mapped;
    }
}
