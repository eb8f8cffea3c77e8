package dev.headroom.half;

import com.google.protobuf.UnknownFieldSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * An initialiser of a graph.
 *
 * @param name its name
 * @param message the TensorProto
 * @param type the type of its elements, by its number in onnx.proto
 * @param content its elements, little-endian
 * @param half the type of numbers in 16 bits that it may be converted to
 * @param fit how its numbers fit into half precision; {@link Fit#NONE} where they are no floats
 */
record Weight(String name, UnknownFieldSet message, int type, MemorySegment content, HalfType half, Fit fit) {

    static final int FLOAT = 1;
    private static final ValueLayout.OfFloat NUMBER =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How far numbers survive in half precision. */
    enum Fit {
        /** One is too large, or all are too small. */
        NONE,
        /** Some lose digits, by an error that is small beside the largest of them. */
        TOGETHER,
        /** Each is as exact as half precision is. */
        EACH;

        private static Fit of(HalfType type, MemorySegment floats) {
            float largest = 0;
            boolean small = false;
            for (long at = 0; at < floats.byteSize(); at += Float.BYTES) {
                float size = Math.abs(floats.get(NUMBER, at));
                if (size > type.largest() && size < Float.POSITIVE_INFINITY || Float.isNaN(size)) {
                    return NONE;
                }
                largest = Math.max(largest, size);
                small |= size > 0 && size < type.leastNormal();
            }
            return !small ? EACH : largest < type.leastNormal() ? NONE : TOGETHER;
        }
    }

    static Weight of(HalfType half, String name, UnknownFieldSet message, int type, MemorySegment content) {
        return new Weight(name, message, type, content, half, type == FLOAT ? Fit.of(half, content) : Fit.NONE);
    }

    boolean isFloat() {
        return type == FLOAT;
    }

    /** True if its elements have 16 bits. */
    boolean isHalf() {
        return type == HalfType.FLOAT16.number() || type == HalfType.BFLOAT16.number();
    }

    /** The bytes of its elements in one of both precisions. */
    long bytes(boolean halved) {
        return halved ? content.byteSize() / 2 : content.byteSize();
    }

    /**
     * Elements as little-endian bytes.
     *
     * @param halved true for their nearest numbers in half precision
     * @param from the first byte to write, of those that there are in this precision; of a whole element
     * @param into takes as many bytes as it has
     */
    void read(boolean halved, long from, byte[] into) {
        if (!halved) {
            MemorySegment.copy(content, ValueLayout.JAVA_BYTE, from, into, 0, into.length);
            return;
        }
        MemorySegment halves = MemorySegment.ofArray(into);
        for (int at = 0; at < into.length; at += Short.BYTES) {
            halves.set(HALF, at, half.bits(content.get(NUMBER, 2 * (from + at))));
        }
    }
}
