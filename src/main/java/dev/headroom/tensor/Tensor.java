package dev.headroom.tensor;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One item's share of an input or output: its values without the batch dimension.
 *
 * @param type element type
 * @param shape the dimensions after the batch dimension; {@code [7]} for seven token ids
 * @param data the values, row-major, native byte order, from position 0 to the limit; texts as Triton has them: each as its
 *     length in bytes (32 bits, little-endian) and its UTF-8
 */
public record Tensor(OnnxJavaType type, long[] shape, ByteBuffer data) {

    /** A vector of 64-bit integers, as token ids are. */
    public static Tensor int64(long[] values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
        data.asLongBuffer().put(values);
        return new Tensor(OnnxJavaType.INT64, new long[] {values.length}, data);
    }

    /** Zeros; of texts empty ones. */
    public static Tensor zeros(OnnxJavaType type, long[] shape) {
        int elements = Math.toIntExact(elements(shape));
        return type == OnnxJavaType.STRING
                ? ofTexts(shape, Collections.nCopies(elements, ""))
                : new Tensor(
                        type, shape, ByteBuffer.allocate(elements * type.size).order(ByteOrder.nativeOrder()));
    }

    /** Texts. */
    public static Tensor ofTexts(long[] shape, List<String> texts) {
        List<byte[]> all = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(all.stream()
                        .mapToLong(text -> (long) Integer.BYTES + text.length)
                        .sum()))
                .order(ByteOrder.LITTLE_ENDIAN);
        all.forEach(text -> data.putInt(text.length).put(text));
        return new Tensor(OnnxJavaType.STRING, shape, data.flip());
    }

    /** The texts of a {@link OnnxJavaType#STRING} tensor. */
    public List<String> texts() {
        ByteBuffer rest = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<String> texts = new ArrayList<>();
        while (rest.hasRemaining()) {
            byte[] text = new byte[rest.getInt()];
            rest.get(text);
            texts.add(new String(text, StandardCharsets.UTF_8));
        }
        return texts;
    }

    /** The values of a {@link OnnxJavaType#FLOAT} tensor in half precision. */
    public Tensor halved() {
        FloatBuffer floats = floats();
        ByteBuffer halves =
                ByteBuffer.allocate(floats.remaining() * Short.BYTES).order(ByteOrder.nativeOrder());
        while (floats.hasRemaining()) {
            halves.putShort(Float.floatToFloat16(floats.get()));
        }
        return new Tensor(OnnxJavaType.FLOAT16, shape, halves.flip());
    }

    /** The same values in memory of its own. */
    public Tensor copy() {
        ByteBuffer own = ByteBuffer.allocate(data.limit()).order(ByteOrder.nativeOrder());
        own.put(0, data, 0, data.limit());
        return new Tensor(type, shape, own);
    }

    /** The first values of a vector, or all where it has no more. */
    public Tensor first(int count) {
        int most = (int) Math.min(count, shape[0]);
        return new Tensor(
                type, new long[] {most}, data.slice(0, most * type.size).order(ByteOrder.nativeOrder()));
    }

    /** Whether it is a batch of so many rows. */
    public boolean isOf(int rows) {
        return shape.length > 0 && shape[0] == rows;
    }

    /** The rows of a batch: views. */
    public List<Tensor> rows(int rows) {
        return type == OnnxJavaType.STRING
                ? rowsOfTexts(rows)
                : IntStream.range(0, rows).mapToObj(row -> row(row, rows)).toList();
    }

    /** Texts differ in length, so that where a row begins is found by passing over those before it. */
    private List<Tensor> rowsOfTexts(int rows) {
        long[] itemShape = Arrays.copyOfRange(shape, 1, shape.length);
        ByteBuffer rest = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<Tensor> all = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int from = rest.position();
            for (long text = elements(itemShape); text > 0; text--) {
                rest.position(rest.position() + Integer.BYTES + rest.getInt(rest.position()));
            }
            all.add(new Tensor(type, itemShape, data.slice(from, rest.position() - from)));
        }
        return all;
    }

    private Tensor row(int row, int rows) {
        long[] itemShape = Arrays.copyOfRange(shape, 1, shape.length);
        int bytes = data.limit() / rows;
        return new Tensor(type, itemShape, data.slice(row * bytes, bytes).order(ByteOrder.nativeOrder()));
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
