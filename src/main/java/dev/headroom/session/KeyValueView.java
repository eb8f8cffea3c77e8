package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.headroom.model.DecoderGraph;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The first rows of keys and values as tensors of ONNX Runtime, one for each port. The device's thread calls. */
final class KeyValueView implements AutoCloseable {

    private static final int RELEASE_VALUE = 96;

    private final OrtApi api;
    private final List<MemorySegment> values = new ArrayList<>();

    /** Refers to the memory, which outlives it. */
    @SuppressWarnings("restricted")
    KeyValueView(OrtApi api, OrtTensors tensors, DecoderGraph graph, KeyValues all, int rows) {
        this.api = api;
        DecoderGraph.Geometry geometry = graph.geometry();
        for (int port = 0; port < graph.cache().size(); port++) {
            values.add(tensors.onDevice(
                    all.block(port).reinterpret(rows * all.rowBytes()),
                    geometry.type(),
                    rows,
                    geometry.heads(),
                    all.capacity(),
                    geometry.size()));
        }
    }

    /** Writes the pointers into an array, from an index on. */
    void into(MemorySegment array, int index) {
        for (int port = 0; port < values.size(); port++) {
            array.setAtIndex(ADDRESS, index + port, values.get(port));
        }
    }

    @Override
    public void close() {
        values.forEach(value -> api.release(RELEASE_VALUE, value));
        values.clear();
    }
}
