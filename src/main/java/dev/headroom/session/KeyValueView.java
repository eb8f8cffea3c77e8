package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.headroom.model.onnx.DecoderGraph;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The first rows of keys and values as tensors of ONNX Runtime, one for each port. The device's thread calls. */
final class KeyValueView implements AutoCloseable {

    private static final int RELEASE_VALUE = 96;

    private final OrtApi api;
    private final DecoderGraph graph;
    private final int rows;
    private final List<MemorySegment> values = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();

    /** Refers to the memory, which outlives it. */
    @SuppressWarnings("restricted")
    KeyValueView(OrtApi api, OrtTensors tensors, DecoderGraph graph, KeyValues all, int rows) {
        this.api = api;
        this.graph = graph;
        this.rows = rows;
        DecoderGraph.Geometry geometry = graph.geometry();
        for (int port = 0; port < graph.cache().size(); port++) {
            places.add(all.block(port).address());
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

    /** Binds them as inputs, and as the outputs that continue them in place. */
    void bind(BoundShape shape) {
        for (int port = 0; port < values.size(); port++) {
            shape.input(graph.cache().get(port).past(), values.get(port));
            shape.output(graph.cache().get(port).present(), values.get(port));
        }
    }

    /** The number of rows, and where they lie. */
    @Override
    public String toString() {
        return rows + " rows at " + places;
    }

    @Override
    public void close() {
        values.forEach(value -> api.release(RELEASE_VALUE, value));
        values.clear();
    }
}
