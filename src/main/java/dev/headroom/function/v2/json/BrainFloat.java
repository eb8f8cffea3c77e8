package dev.headroom.function.v2.json;

/** BF16: the upper half of a {@code float}. */
public final class BrainFloat {

    private static final int ROUND = 0x7FFF;

    private BrainFloat() {}

    /** To the nearest, of two as near to the even one. */
    static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> Short.SIZE | 0x40); // stays one when its lower half is cut off
        }
        return (short) (bits + ROUND + (bits >>> Short.SIZE & 1) >>> Short.SIZE);
    }

    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }
}
