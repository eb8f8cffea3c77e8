package dev.headroom.model;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * One item's share of an input or output: its values without the batch dimension.
 *
 * @param type element type
 * @param shape the dimensions after the batch dimension; {@code [7]} for seven token ids
 * @param data the values, row-major, native byte order, from position 0 to the limit
 */
public record Tensor(OnnxJavaType type, long[] shape, ByteBuffer data) {

    /** A vector of 64-bit integers, as token ids are. */
    public static Tensor int64(long[] values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
        data.asLongBuffer().put(values);
        return new Tensor(OnnxJavaType.INT64, new long[] {values.length}, data);
    }

    /** The first values of a vector, or all where it has no more. */
    public Tensor first(int count) {
        int most = (int) Math.min(count, shape[0]);
        return new Tensor(
                type, new long[] {most}, data.slice(0, most * type.size).order(ByteOrder.nativeOrder()));
    }

    /** How many values a shape holds. */
    public static long elements(long[] shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }

    /**
     * Copies values, from this one on, of a tensor of floating-point numbers of 32 or 16 bits.
     *
     * @throws IllegalStateException when it holds others
     */
    public void read(int from, float[] into) {
        switch (type) {
            case FLOAT -> floats().get(from, into);
            case FLOAT16 -> read(from, into, Float::float16ToFloat);
            case BFLOAT16 -> read(from, into, bits -> Float.intBitsToFloat(bits << Short.SIZE));
            default -> throw new IllegalStateException("A tensor of %s is not read".formatted(type));
        }
    }

    private void read(int from, float[] into, HalfPrecision number) {
        ShortBuffer bits = data.duplicate().order(ByteOrder.nativeOrder()).asShortBuffer();
        for (int i = 0; i < into.length; i++) {
            into[i] = number.of(bits.get(from + i));
        }
    }

    /** A format of 16 bits. */
    private interface HalfPrecision {

        float of(short bits);
    }

    /** The values of a {@link OnnxJavaType#FLOAT} tensor. */
    public FloatBuffer floats() {
        return data.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
