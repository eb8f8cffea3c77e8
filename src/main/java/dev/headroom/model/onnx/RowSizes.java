package dev.headroom.model.onnx;

import java.util.List;

/**
 * The sizes of a graph's rows; an open dimension counts as 1.
 *
 * @param inputs the number of inputs
 * @param inputElements elements of a row of the first input
 * @param outputElements elements of a row of the largest output
 * @param outputVector the last dimension of the widest output, such as a token's vector
 */
public record RowSizes(long inputs, long inputElements, long outputElements, long outputVector) {

    private static final int MOST_VALUE_BYTES = 8;

    /** Tokens of a text of one word: with those of its ends it has three, and values of 4 bytes are counted as 8. */
    private static final int FEWEST_TOKENS = 6;

    /**
     * The sizes of a graph with these inputs and outputs.
     *
     * @throws ArithmeticException when a row has more elements than a long can count
     */
    static RowSizes of(List<GraphPort> inputs, List<GraphPort> outputs) {
        return new RowSizes(
                inputs.size(),
                inputs.isEmpty() ? 1 : elementsOfRow(inputs.getFirst()),
                outputs.stream().mapToLong(RowSizes::elementsOfRow).max().orElse(1),
                outputs.stream().mapToLong(RowSizes::lastSize).max().orElse(1));
    }

    /** The product of the dimensions after the first. */
    private static long elementsOfRow(GraphPort port) {
        return port.sizes().stream()
                .skip(1)
                .mapToLong(size -> Math.max(1, size))
                .reduce(1, Math::multiplyExact);
    }

    private static long lastSize(GraphPort port) {
        return port.sizes().reversed().stream()
                .filter(size -> size != 0)
                .findFirst()
                .map(size -> Math.max(1, size))
                .orElse(1L);
    }

    /** The sizes where a row's output is one vector, and not one for each element; the same where its width is not known. */
    public RowSizes pooledTo(long width) {
        return width == 0 ? this : new RowSizes(inputs, inputElements, width, Math.ceilDiv(width, FEWEST_TOKENS));
    }

    /**
     * The most bytes of the inputs and of the largest output for each element of a row, where both grow with the row: a
     * text model has ids for each token and, in its last layer, a vector.
     */
    public long bytesPerElement() {
        return (inputs + outputVector) * MOST_VALUE_BYTES;
    }

    /** The same bytes where every row has this number of elements. */
    public long bytesPerElement(long elements) {
        return (inputs + Math.ceilDiv(outputElements, elements)) * MOST_VALUE_BYTES;
    }
}
