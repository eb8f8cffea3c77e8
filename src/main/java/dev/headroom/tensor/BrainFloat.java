package dev.headroom.tensor;

/** BF16: the upper half of a {@code float}. */
public final class BrainFloat {

    private static final int ROUND = 0x7FFF;

    private BrainFloat() {}

    /** Rounds to the nearest, and to the even one of two as near. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> Short.SIZE | 0x40); // it stays a NaN without its lower half
        }
        return (short) (bits + ROUND + (bits >>> Short.SIZE & 1) >>> Short.SIZE);
    }

    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }

    static void toFloats(short[] bits, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = toFloat(bits[i]);
        }
    }
}
