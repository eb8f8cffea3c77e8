package dev.headroom.task.image;

import java.util.Arrays;

/** A code of a lossless WebP: frequent symbols have few bits, and codes of one length count upwards. */
final class PrefixCode {

    private static final int LONGEST = 15;

    /** The order of the lengths of the code for lengths. */
    private static final int[] ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private static final int REPEAT = 16;
    private static final int ZEROS = 17;

    private final int[] counts = new int[LONGEST + 1];
    private final int[] symbols;

    /**
     * A code.
     *
     * @param lengths the bits of each symbol; 0 if it does not occur
     */
    private PrefixCode(int[] lengths) {
        for (int length : lengths) {
            counts[length]++;
        }
        counts[0] = 0;
        int[] next = new int[LONGEST + 2];
        for (int length = 1; length <= LONGEST; length++) {
            next[length + 1] = next[length] + counts[length];
        }
        symbols = new int[next[LONGEST + 1]];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[next[lengths[symbol]]++] = symbol;
            }
        }
    }

    static PrefixCode read(BitInput bits, int alphabet) {
        return new PrefixCode(bits.read(1) == 1 ? ofTwo(bits) : lengths(bits, alphabet));
    }

    private static int[] ofTwo(BitInput bits) {
        int[] lengths = new int[256];
        boolean two = bits.read(1) == 1;
        lengths[bits.read(bits.read(1) == 1 ? Byte.SIZE : 1)] = 1;
        if (two) {
            lengths[bits.read(Byte.SIZE)] = 1;
        }
        return lengths;
    }

    private static int[] lengths(BitInput bits, int alphabet) {
        int[] own = new int[ORDER.length];
        int stored = 4 + bits.read(4);
        for (int i = 0; i < stored; i++) {
            own[ORDER[i]] = bits.read(3);
        }
        PrefixCode code = new PrefixCode(own);
        int left = bits.read(1) == 0 ? alphabet : 2 + bits.read(2 + 2 * bits.read(3));
        int[] lengths = new int[alphabet];
        int last = Byte.SIZE;
        for (int at = 0; at < alphabet && left > 0; left--) {
            int symbol = code.next(bits);
            if (symbol < REPEAT) {
                lengths[at++] = symbol;
                last = symbol == 0 ? last : symbol;
                continue;
            }
            int times = symbol == REPEAT ? 3 + bits.read(2) : symbol == ZEROS ? 3 + bits.read(3) : 11 + bits.read(7);
            Arrays.fill(lengths, at, at + times, symbol == REPEAT ? last : 0);
            at += times;
        }
        return lengths;
    }

    /** Reads the next symbol, which takes no bits if there is only one. */
    int next(BitInput bits) {
        if (symbols.length == 1) {
            return symbols[0];
        }
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code |= bits.read(1);
            if (code - first < counts[length]) {
                return symbols[index + code - first];
            }
            index += counts[length];
            first = first + counts[length] << 1;
            code <<= 1;
        }
        throw new BrokenImageException("is a broken WebP; send it whole");
    }
}
