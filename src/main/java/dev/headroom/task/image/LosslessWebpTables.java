package dev.headroom.task.image;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts the groups of code tables of a lossless WebP before it is decoded: each takes a few bytes of the file, but
 * some kilobytes in TwelveMonkeys' decoder. The number stands in an image of its own, behind those of the transforms.
 * Copies in it repeat values, so that its literal pixels alone give the largest.
 */
final class LosslessWebpTables {

    private static final int SIZE_AND_VERSION_BITS = 32;
    private static final int PREDICTION = 0;
    private static final int COLOURS = 1;
    private static final int PALETTE = 3;
    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;

    private final BitInput bits;

    private LosslessWebpTables(BitInput bits) {
        this.bits = bits;
    }

    /**
     * The number of groups.
     *
     * @param coded the picture's bytes, after the signature
     */
    static int groups(ByteBuffer coded, EncodedImage.Size size) {
        BitInput bits = new BitInput(coded);
        bits.read(SIZE_AND_VERSION_BITS);
        return new LosslessWebpTables(bits).groups(size);
    }

    private int groups(EncodedImage.Size size) {
        int width = size.width();
        Set<Integer> transforms = new HashSet<>();
        while (bits.read(1) == 1) {
            int transform = bits.read(2);
            if (!transforms.add(transform)) {
                throw new BrokenImageException("is a broken WebP; send it whole");
            }
            switch (transform) {
                case PREDICTION, COLOURS -> tiles(width, size.height());
                case PALETTE -> width = unpacked(width);
                default -> {}
            }
        }
        if (bits.read(1) == 1) {
            bits.read(4);
        }
        return bits.read(1) == 1 ? tiles(width, size.height()) + 1 : 1;
    }

    /** Reads an image with a pixel for each tile, and returns its largest value. */
    private int tiles(int width, int height) {
        int shift = bits.read(3) + 2;
        int columns = (width - 1 >> shift) + 1;
        int rows = (height - 1 >> shift) + 1;
        return largest(columns * rows);
    }

    /** Reads a palette, and returns the packed width: if there are few colours, a pixel holds several. */
    private int unpacked(int width) {
        int colours = bits.read(8) + 1;
        largest(colours);
        int shift = colours <= 2 ? 3 : colours <= 4 ? 2 : colours <= 16 ? 1 : 0;
        return (width - 1 >> shift) + 1;
    }

    /** Reads so many pixels, and returns the largest red and green as one number. */
    private int largest(int pixels) {
        int cache = bits.read(1) == 1 ? 1 << bits.read(4) : 0;
        PrefixCode green = PrefixCode.read(bits, LITERALS + LENGTHS + cache);
        PrefixCode red = PrefixCode.read(bits, LITERALS);
        PrefixCode blue = PrefixCode.read(bits, LITERALS);
        PrefixCode alpha = PrefixCode.read(bits, LITERALS);
        PrefixCode distance = PrefixCode.read(bits, DISTANCES);
        int largest = 0;
        int at = 0;
        while (at < pixels) {
            int symbol = green.next(bits);
            if (symbol < LITERALS) {
                largest = Math.max(largest, red.next(bits) << Byte.SIZE | symbol);
                blue.next(bits);
                alpha.next(bits);
                at++;
            } else if (symbol < LITERALS + LENGTHS) {
                at += number(symbol - LITERALS);
                number(distance.next(bits));
            } else {
                at++;
            }
        }
        return largest;
    }

    private int number(int prefix) {
        if (prefix < 4) {
            return prefix + 1;
        }
        int extra = prefix - 2 >> 1;
        return (2 + (prefix & 1) << extra) + bits.read(extra) + 1;
    }
}
