package dev.headroom.model;

/**
 * How large a graph's rows are, as far as the graph says; an open dimension counts as 1.
 *
 * @param inputs how many inputs there are
 * @param inputElements elements of a row of the first input
 * @param outputElements elements of a row of the largest output
 * @param outputVector the last dimension of the widest output, such as a token's vector
 */
record RowSizes(long inputs, long inputElements, long outputElements, long outputVector) {

    private static final int MOST_VALUE_BYTES = 8;

    /**
     * Bytes of the inputs and of the largest output for each element of a row, at most, where both grow with the row: a text
     * model has the token's ids and, of its last layer, the token's vector.
     */
    long bytesPerElement() {
        return (inputs + outputVector) * MOST_VALUE_BYTES;
    }

    /** The same where every row has so many elements. */
    long bytesPerElement(long elements) {
        return (inputs + Math.ceilDiv(outputElements, elements)) * MOST_VALUE_BYTES;
    }
}
