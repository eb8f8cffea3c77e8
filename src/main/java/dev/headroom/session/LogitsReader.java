package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.tensor.BrainFloat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads the scores of each row's last token from a tensor of {@code [rows, tokens, vocabulary]} in main memory. */
final class LogitsReader {

    private static final int GET_DATA = 51;
    private static final int GET_ELEMENT_TYPE = 60;
    private static final int GET_DIMENSIONS_COUNT = 61;
    private static final int GET_DIMENSIONS = 62;
    private static final int GET_TYPE_AND_SHAPE = 65;
    private static final int RELEASE_TYPE_AND_SHAPE = 99;
    private static final int RANK = 3;

    private final OrtApi api;
    private float[] scores = {};
    private short[] bits = {};
    private Shape last = new Shape(DecoderGraph.FLOAT, 0, 0);

    LogitsReader(OrtApi api) {
        this.api = api;
    }

    private record Shape(int type, int tokens, int vocabulary) {

        long bytes() {
            return type == DecoderGraph.FLOAT ? Float.BYTES : Short.BYTES;
        }
    }

    /**
     * Reads them.
     *
     * @throws IllegalStateException when the tensor has another shape
     */
    @SuppressWarnings("restricted")
    Logits read(MemorySegment tensor, int rows) {
        last = shape(tensor, rows);
        return read(api.create(GET_DATA, tensor).reinterpret(rows * last.tokens * rowBytes()), last, rows);
    }

    /** Reads those of one token of each row, in memory that holds nothing else. */
    Logits read(MemorySegment all, int rows, int tokens) {
        return read(all, new Shape(last.type, tokens, last.vocabulary), rows);
    }

    private Logits read(MemorySegment all, Shape shape, int rows) {
        int wanted = Math.multiplyExact(rows, shape.vocabulary);
        scores = scores.length < wanted ? new float[wanted] : scores;
        for (int row = 0; row < rows; row++) {
            long end = (row + 1L) * shape.tokens * rowBytes();
            copy(all.asSlice(end - rowBytes(), rowBytes()), shape, row * shape.vocabulary);
        }
        return new Logits(scores, shape.vocabulary);
    }

    /** Scores of a token, as the last run has shown; 0 before the first one. */
    int vocabulary() {
        return last.vocabulary;
    }

    /** Bytes of them on the device. */
    long rowBytes() {
        return last.bytes() * last.vocabulary;
    }

    private void copy(MemorySegment row, Shape shape, int into) {
        if (shape.type == DecoderGraph.FLOAT) {
            MemorySegment.copy(row, JAVA_FLOAT, 0, scores, into, shape.vocabulary);
            return;
        }
        bits = bits.length < shape.vocabulary ? new short[shape.vocabulary] : bits;
        MemorySegment.copy(row, JAVA_SHORT, 0, bits, 0, shape.vocabulary);
        if (shape.type == DecoderGraph.FLOAT16) {
            halves(bits, scores, into, shape.vocabulary);
        } else {
            brains(bits, scores, into, shape.vocabulary);
        }
    }

    /** Arrays, so that the compiler makes vectors of the loop. */
    private static void halves(short[] bits, float[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = Float.float16ToFloat(bits[i]);
        }
    }

    private static void brains(short[] bits, float[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = BrainFloat.toFloat(bits[i]);
        }
    }

    private Shape shape(MemorySegment tensor, int rows) {
        MemorySegment info = api.create(GET_TYPE_AND_SHAPE, tensor);
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment number = scope.allocate(ADDRESS);
            api.call(GET_ELEMENT_TYPE, info, number);
            int type = number.get(JAVA_INT, 0);
            api.call(GET_DIMENSIONS_COUNT, info, number);
            int rank = (int) number.get(JAVA_LONG, 0);
            MemorySegment sizes = scope.allocate(JAVA_LONG, Math.max(RANK, rank));
            api.call(GET_DIMENSIONS, info, sizes, (long) rank);
            if (rank != RANK || sizes.getAtIndex(JAVA_LONG, 0) != rows) {
                throw new IllegalStateException(
                        "The graph's scores have %d dimensions instead of [rows, tokens, vocabulary]".formatted(rank));
            }
            return new Shape(type, (int) sizes.getAtIndex(JAVA_LONG, 1), (int) sizes.getAtIndex(JAVA_LONG, 2));
        } finally {
            api.release(RELEASE_TYPE_AND_SHAPE, info);
        }
    }
}
