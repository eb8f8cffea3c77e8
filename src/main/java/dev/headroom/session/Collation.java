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

    private final BufferPool pool;
    private final long padId;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<long[]> shapes = new ArrayList<>();
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

    private Collation(BufferPool pool, long padId) {
        this.pool = pool;
        this.padId = padId;
    }

    /**
     * Collates rows.
     *
     * @param padId the value that pads {@code input_ids}; every other input is padded with 0
     */
    static Collation of(List<Row> rows, List<Signature.Node> inputs, BufferPool pool, long padId) throws OrtException {
        Collation collation = new Collation(pool, padId);
        try {
            for (int i = 0; i < inputs.size(); i++) {
                int input = i;
                collation.add(
                        inputs.get(i).name(),
                        rows.stream().map(row -> row.inputs().get(input)).toList());
            }
            return collation;
        } catch (OrtException | RuntimeException | Error e) {
            collation.close();
            throw e;
        }
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
    void add(List<OnceForBatch> once, Form form) throws OrtException {
        for (OnceForBatch input : once) {
            Tensor value = input.value(form, shapes.getFirst()[1]);
            ByteBuffer buffer = pool.take(value.data().limit());
            buffers.add(buffer);
            buffer.put(0, value.data(), 0, value.data().limit());
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
        long pad = name.equals("input_ids") ? padId : 0;
        for (int i = 0; i < items.size(); i++) {
            ByteBuffer data = items.get(i).data();
            buffer.put(i * itemBytes, data, 0, data.limit());
            pad(
                    buffer.slice(i * itemBytes + data.limit(), itemBytes - data.limit()),
                    pad,
                    items.getFirst().datatype());
        }
        return buffer;
    }

    private static void pad(ByteBuffer rest, long value, Datatype datatype) {
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
        Tensor longest = items.stream()
                .reduce((a, b) -> a.data().limit() >= b.data().limit() ? a : b)
                .orElseThrow();
        boolean alike = longest.shape().length == 1
                || items.stream().allMatch(item -> Arrays.equals(item.shape(), longest.shape()));
        if (!alike) {
            throw new IllegalArgumentException("Rows of unlike shapes cannot share a batch");
        }
        return longest.shape();
    }
}
