package dev.headroom.session;

import dev.headroom.device.CudaCopies.Place;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.DecoderGraph.Geometry;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Keys and values of some sequences, in the device's arena: for each port of the graph one block of {@code [rows, heads,
 * capacity, size]}. The device's thread calls.
 */
final class KeyValues implements AutoCloseable {

    private final KeyValueMemory memory;
    private final DecoderGraph graph;
    private int rows;
    private int capacity;
    private final List<MemorySegment> blocks = new ArrayList<>();

    /** Of no rows, which take no memory. */
    KeyValues(KeyValueMemory memory, DecoderGraph graph) {
        this(memory, graph, 0, 0, memory::allocate);
    }

    /**
     * Takes their memory, which holds zeros.
     *
     * @throws RunFailedException when there is no room
     */
    static KeyValues zeros(KeyValueMemory memory, DecoderGraph graph, int rows, int capacity)
            throws RunFailedException {
        return taken(memory, graph, rows, capacity, memory::allocateZeros);
    }

    /**
     * Takes their memory, which a run writes as a whole before anything reads it.
     *
     * @throws RunFailedException when there is no room
     */
    static KeyValues unwritten(KeyValueMemory memory, DecoderGraph graph, int rows, int capacity)
            throws RunFailedException {
        return taken(memory, graph, rows, capacity, memory::allocate);
    }

    private static KeyValues taken(
            KeyValueMemory memory, DecoderGraph graph, int rows, int capacity, LongFunction<MemorySegment> allocate)
            throws RunFailedException {
        try {
            return new KeyValues(memory, graph, rows, capacity, allocate);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    /**
     * Takes their memory.
     *
     * @param rows sequences
     * @param capacity tokens of each
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    private KeyValues(
            KeyValueMemory memory, DecoderGraph graph, int rows, int capacity, LongFunction<MemorySegment> allocate) {
        this.memory = memory;
        this.graph = graph;
        this.rows = rows;
        this.capacity = capacity;
        try {
            for (int port = 0; port < graph.cache().size(); port++) {
                blocks.add(allocate.apply(rows * rowBytes()));
            }
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    int rows() {
        return rows;
    }

    /** Tokens that each row holds. */
    int capacity() {
        return capacity;
    }

    /** Bytes of all blocks. */
    long bytes() {
        return graph.bytesPerToken() * rows * capacity;
    }

    /** The block of a port. */
    MemorySegment block(int port) {
        return blocks.get(port);
    }

    /** Bytes of a row in each block. */
    long rowBytes() {
        return capacity * graph.geometry().heads() * graph.geometry().bytes();
    }

    /**
     * Copies tokens of one row, for all layers and heads.
     *
     * @param from the other keys and values
     * @param source the row there, and its first token that is copied
     * @param target the row here, and the place of that token
     * @param tokens how many
     */
    void copy(KeyValues from, At source, At target, int tokens) {
        for (int port = 0; port < blocks.size(); port++) {
            copy(from.place(port, source), place(port, target), tokens);
        }
    }

    /**
     * Changes rows and capacity; block after block, so that only one is there twice.
     *
     * @param kept the places of the first rows before and after it, and their tokens; the others lose theirs
     * @throws IllegalStateException with ONNX Runtime's message when there is no room; all memory is given back then
     */
    void reshape(int newRows, int newCapacity, List<Move> kept) {
        long rowBytes =
                newCapacity * graph.geometry().heads() * graph.geometry().bytes();
        long pitch = newCapacity * graph.geometry().bytes();
        try {
            for (int port = 0; port < blocks.size(); port++) {
                MemorySegment block = memory.allocateZeros(newRows * rowBytes);
                for (int row = 0; row < kept.size(); row++) {
                    Move move = kept.get(row);
                    long to = block.address()
                            + row * rowBytes
                            + move.to() * graph.geometry().bytes();
                    copy(place(port, new At(row, move.from())), new Place(to, pitch), move.tokens());
                }
                memory.free(blocks.set(port, block));
            }
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
        rows = newRows;
        capacity = newCapacity;
    }

    private void copy(Place from, Place to, int tokens) {
        if (tokens > 0) {
            memory.copy(
                    from,
                    to,
                    graph.geometry().heads(),
                    tokens * graph.geometry().bytes());
        }
    }

    /** A token of a row. */
    record At(int row, int token) {}

    /** Tokens that move from a place of their row to another one. */
    record Move(int from, int to, int tokens) {}

    private Place place(int port, At at) {
        Geometry geometry = graph.geometry();
        long address = blocks.get(port).address() + at.row() * rowBytes() + at.token() * geometry.bytes();
        return new Place(address, capacity * geometry.bytes());
    }

    @Override
    public void close() {
        blocks.forEach(memory::free);
        blocks.clear();
    }
}
