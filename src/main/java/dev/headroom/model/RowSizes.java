package dev.headroom.model;

/**
 * The sizes of a graph's rows; an open dimension counts as 1.
 *
 * @param inputs the number of inputs
 * @param inputElements elements of a row of the first input
 * @param outputElements elements of a row of the largest output
 * @param outputVector the last dimension of the widest output, such as a token's vector
 */
record RowSizes(long inputs, long inputElements, long outputElements, long outputVector) {

    private static final int MOST_VALUE_BYTES = 8;

    /**
     * The most bytes of the inputs and of the largest output for each element of a row, where both grow with the row: a
     * text model has ids for each token and, in its last layer, a vector.
     */
    long bytesPerElement() {
        return (inputs + outputVector) * MOST_VALUE_BYTES;
    }

    /** The same bytes where every row has this number of elements. */
    long bytesPerElement(long elements) {
        return (inputs + Math.ceilDiv(outputElements, elements)) * MOST_VALUE_BYTES;
    }
}
