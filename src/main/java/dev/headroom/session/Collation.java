package dev.headroom.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows copied into one tensor for each input, the shorter ones padded at their end. */
final class Collation implements AutoCloseable {

    private final List<Row> rows;
    private final BufferPool pool;
    private final long padId;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<long[]> shapes = new ArrayList<>();
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

    private long nanos;

    private Collation(List<Row> rows, BufferPool pool, long padId) {
        this.rows = rows;
        this.pool = pool;
        this.padId = padId;
    }

    /**
     * Collates rows.
     *
     * @param padId the value that pads {@code input_ids}; every other input is padded with 0
     */
    static Collation of(List<Row> rows, Signature signature, BufferPool pool, long padId) throws OrtException {
        long start = System.nanoTime();
        Collation collation = new Collation(rows, pool, padId);
        try {
            for (int i = 0; i < signature.inputs().size(); i++) {
                collation.add(signature.inputs().get(i).name(), inputs(rows, i));
            }
            collation.add(signature.once(), rows.getFirst().form());
            collation.nanos = System.nanoTime() - start;
            return collation;
        } catch (OrtException | RuntimeException | Error e) {
            collation.close();
            throw e;
        }
    }

    private static List<Tensor> inputs(List<Row> rows, int input) {
        List<Tensor> tensors = new ArrayList<>(rows.size());
        for (Row row : rows) {
            tensors.add(row.inputs().get(input));
        }
        return tensors;
    }

    /** The rows in their order. */
    List<Row> rows() {
        return rows;
    }

    /** How long the collation took. */
    long nanos() {
        return nanos;
    }

    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    /** The tensors' shapes, the batch dimension first. */
    List<long[]> shapes() {
        return shapes;
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
        buffers.forEach(pool::give);
    }

    /** Adds the inputs that the batch has once. */
    private void add(List<OnceForBatch> once, Form form) throws OrtException {
        for (OnceForBatch input : once) {
            Tensor value = input.value(form, shapes.getFirst()[1]);
            ByteBuffer buffer = pool.take(value.bytes());
            buffers.add(buffer);
            value.copyTo(buffer, 0);
            tensors.put(
                    input.node().name(),
                    OnnxTensor.createTensor(
                            OrtRuntime.environment(), buffer, value.shape(), value.datatype().javaType));
        }
    }

    private void add(String name, List<Tensor> items) throws OrtException {
        long[] longest = longest(items);
        long[] shape = Tensor.batchShape(items.size(), longest);
        shapes.add(shape);
        Datatype datatype = items.getFirst().datatype();
        OnnxTensor tensor = datatype == Datatype.BYTES
                ? OnnxTensor.createTensor(OrtRuntime.environment(), texts(items), shape)
                : OnnxTensor.createTensor(
                        OrtRuntime.environment(), padded(name, items, longest), shape, datatype.javaType);
        tensors.put(name, tensor);
    }

    private static String[] texts(List<Tensor> items) {
        return items.stream().flatMap(item -> item.texts().stream()).toArray(String[]::new);
    }

    private ByteBuffer padded(String name, List<Tensor> items, long[] longest) {
        int itemBytes =
                Math.toIntExact(Tensor.elements(longest) * items.getFirst().datatype().bytes);
        ByteBuffer buffer = pool.take((long) items.size() * itemBytes);
        buffers.add(buffer);
        long pad = padding(name, padId);
        for (int i = 0; i < items.size(); i++) {
            int bytes = items.get(i).bytes();
            items.get(i).copyTo(buffer, i * itemBytes);
            if (bytes < itemBytes) {
                pad(
                        buffer.slice(i * itemBytes + bytes, itemBytes - bytes),
                        pad,
                        items.getFirst().datatype());
            }
        }
        return buffer;
    }

    /** The value that pads an input of this name. */
    static long padding(String name, long padId) {
        return name.equals("input_ids") ? padId : 0;
    }

    /** Fills a buffer with a value. */
    static void pad(ByteBuffer rest, long value, Datatype datatype) {
        if (value == 0) {
            MemorySegment.ofBuffer(rest).fill((byte) 0);
            return;
        }
        rest.order(ByteOrder.nativeOrder());
        while (rest.hasRemaining()) {
            if (datatype == Datatype.INT32) {
                rest.putInt((int) value);
            } else {
                rest.putLong(value);
            }
        }
    }

    /** Only vectors may differ in size: the padding of a row of a higher rank is not at its end. */
    private static long[] longest(List<Tensor> items) {
        long[] longest = items.getFirst().shape();
        for (Tensor item : items) {
            boolean vectors = longest.length == 1 && item.shape().length == 1;
            if (!vectors && !Arrays.equals(item.shape(), longest)) {
                throw new IllegalArgumentException("Rows of unlike shapes cannot share a batch");
            }
            longest = vectors && item.shape()[0] > longest[0] ? item.shape() : longest;
        }
        return longest;
    }
}
