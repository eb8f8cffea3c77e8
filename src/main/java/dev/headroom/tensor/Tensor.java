package dev.headroom.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The values of an input or output: of one item, without the batch dimension, or of a batch.
 *
 * @param datatype the type of its elements
 * @param shape its dimensions; {@code [7]} for seven token ids
 * @param data the elements, row-major and little-endian; an element of BYTES follows its length of 4 bytes
 */
public record Tensor(Datatype datatype, long[] shape, ByteBuffer data) {

    /** A tensor of the elements between a buffer's position and its limit, which are not copied. */
    public Tensor {
        data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements: a view whose position the caller may move. */
    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The number of bytes of its elements. */
    public int bytes() {
        return data.limit();
    }

    /** A new buffer for elements. */
    public static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A vector of 64-bit integers, such as token ids. */
    public static Tensor int64(long[] values) {
        ByteBuffer data = buffer(values.length * Long.BYTES);
        data.asLongBuffer().put(values);
        return new Tensor(Datatype.INT64, new long[] {values.length}, data);
    }

    /** A vector of integers of 64 or 32 bits. */
    public static Tensor integers(Datatype datatype, long[] values) {
        if (datatype == Datatype.INT64) {
            return int64(values);
        }
        ByteBuffer data = buffer(values.length * Integer.BYTES);
        for (long value : values) {
            data.putInt((int) value);
        }
        return new Tensor(datatype, new long[] {values.length}, data.flip());
    }

    /** Zeros, or empty texts. */
    public static Tensor zeros(Datatype datatype, long[] shape) {
        int elements = Math.toIntExact(elements(shape));
        return datatype == Datatype.BYTES
                ? ofTexts(shape, Collections.nCopies(elements, ""))
                : new Tensor(datatype, shape, buffer(elements * datatype.bytes));
    }

    /** A tensor of texts in UTF-8. */
    public static Tensor ofTexts(long[] shape, List<String> texts) {
        List<byte[]> all = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        ByteBuffer data = buffer(Math.toIntExact(all.stream()
                .mapToLong(text -> (long) Integer.BYTES + text.length)
                .sum()));
        all.forEach(text -> data.putInt(text.length).put(text));
        return new Tensor(Datatype.BYTES, shape, data.flip());
    }

    /** The texts of a {@link Datatype#BYTES} tensor. */
    public List<String> texts() {
        ByteBuffer rest = data();
        List<String> texts = new ArrayList<>();
        while (rest.hasRemaining()) {
            texts.add(StandardCharsets.UTF_8.decode(nextBytes(rest)).toString());
        }
        return texts;
    }

    /** The next element of BYTES: a view without its length, behind which the buffer's position moves. */
    public static ByteBuffer nextBytes(ByteBuffer rest) {
        int length = rest.getInt();
        ByteBuffer element = rest.slice(rest.position(), length);
        rest.position(rest.position() + length);
        return element;
    }

    /** The values of an {@link Datatype#FP32} tensor in half precision. */
    public Tensor halved() {
        FloatBuffer floats = floats();
        ByteBuffer halves = buffer(floats.remaining() * Short.BYTES);
        while (floats.hasRemaining()) {
            halves.putShort(Float.floatToFloat16(floats.get()));
        }
        return new Tensor(Datatype.FP16, shape, halves.flip());
    }

    /** Copies the elements to this place of a buffer, whose position does not move. */
    public void copyTo(ByteBuffer buffer, int at) {
        buffer.put(at, data, 0, data.limit());
    }

    /** A copy in memory of its own. */
    public Tensor copy() {
        return new Tensor(datatype, shape, buffer(data.limit()).put(0, data, 0, data.limit()));
    }

    /** The first values of a vector, or all where it has no more. */
    public Tensor first(int count) {
        int most = (int) Math.min(count, shape[0]);
        return new Tensor(datatype, new long[] {most}, data.slice(0, most * datatype.bytes));
    }

    /** The rows of a batch: views. */
    public List<Tensor> rows() {
        long[] rowShape = Arrays.copyOfRange(shape, 1, shape.length);
        int elements = Math.toIntExact(elements(rowShape));
        ByteBuffer rest = data();
        List<Tensor> rows = new ArrayList<>((int) shape[0]);
        for (long row = 0; row < shape[0]; row++) {
            int from = rest.position();
            skip(rest, elements);
            rows.add(new Tensor(datatype, rowShape, rest.slice(from, rest.position() - from)));
        }
        return rows;
    }

    private void skip(ByteBuffer rest, int elements) {
        if (datatype != Datatype.BYTES) {
            rest.position(rest.position() + elements * datatype.bytes);
            return;
        }
        for (int i = 0; i < elements; i++) {
            nextBytes(rest);
        }
    }

    /** The number of elements that a shape holds. */
    public static long elements(long[] shape) {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    /** The shape of a batch of so many rows. */
    public static long[] batchShape(int rows, long[] row) {
        long[] shape = new long[row.length + 1];
        shape[0] = rows;
        System.arraycopy(row, 0, shape, 1, row.length);
        return shape;
    }

    /**
     * Copies floating-point numbers of 32 or 16 bits, beginning at this element.
     *
     * @throws IllegalStateException when it holds others
     */
    public void read(int from, float[] into) {
        switch (datatype) {
            case FP32 -> floats().get(from, into);
            case FP16 -> halves(bits(from, into.length), into);
            case BF16 -> BrainFloat.toFloats(bits(from, into.length), into);
            default -> throw new IllegalStateException("A tensor of %s is not read".formatted(datatype.javaType));
        }
    }

    /** An array in and an array out, so that the compiler makes vectors of the loop. */
    private static void halves(short[] bits, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = Float.float16ToFloat(bits[i]);
        }
    }

    private short[] bits(int from, int count) {
        short[] bits = new short[count];
        data.asShortBuffer().get(from, bits);
        return bits;
    }

    /** The values of an {@link Datatype#FP32} tensor. */
    public FloatBuffer floats() {
        return data.asFloatBuffer();
    }
}
