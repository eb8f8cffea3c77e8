package dev.headroom.session;

import java.util.Arrays;

/**
 * Tokens that a decoder reads in one run.
 *
 * @param tokens those of row after row
 * @param rows sequences
 * @param lengths tokens of each sequence that it has read before
 * @param padding tokens before each sequence's first one that are none, of the width of the past; -1 where they are behind
 *     the last one
 * @param leastMask the least width of the mask where they are behind the last one
 */
record DecoderInput(int[] tokens, int rows, int[] lengths, int padding, int leastMask) {

    /** Tokens behind each sequence, in memory that the past shares. */
    static DecoderInput rightPadded(int[] tokens, int rows, int[] lengths) {
        return new DecoderInput(tokens, rows, lengths, -1, 0);
    }

    /** The same with a mask of this width at least. */
    DecoderInput under(int mask) {
        return new DecoderInput(tokens, rows, lengths, padding, mask);
    }

    /**
     * Tokens behind each sequence, which ends with the past.
     *
     * @param past the width of the past
     */
    static DecoderInput leftPadded(int[] tokens, int rows, int[] lengths, int past) {
        return new DecoderInput(tokens, rows, lengths, past, 0);
    }

    /** The tokens as a graph reads them. */
    long[] ids() {
        return Arrays.stream(tokens).asLongStream().toArray();
    }

    /** New tokens of each row. */
    int width() {
        return tokens.length / rows;
    }

    /** True if no sequence has been read before. */
    boolean first() {
        return Arrays.stream(lengths).allMatch(length -> length == 0);
    }

    /** The place of each token in its sequence. */
    long[] positions() {
        long[] positions = new long[tokens.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = lengths[i / width()] + i % width();
        }
        return positions;
    }

    /** Tokens that the mask covers in each row. */
    int maskWidth() {
        return padding < 0 ? Math.max(leastMask, Arrays.stream(lengths).max().orElse(0) + width()) : padding + width();
    }

    /** A one for each token that is read or was read before. */
    long[] mask() {
        int wide = maskWidth();
        long[] mask = new long[rows * wide];
        for (int row = 0; row < rows; row++) {
            int from = padding < 0 ? 0 : padding - lengths[row];
            Arrays.fill(mask, row * wide + from, row * wide + from + lengths[row] + width(), 1);
        }
        return mask;
    }
}
