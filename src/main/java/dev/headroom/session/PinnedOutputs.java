package dev.headroom.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pooled buffers that ONNX Runtime writes outputs into. Closed after the run, it gives them back unless they are kept.
 */
final class PinnedOutputs implements AutoCloseable {

    private final BufferPool pool;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    private boolean kept;

    PinnedOutputs(BufferPool pool) {
        this.pool = pool;
    }

    /** Adds a buffer for an output of this shape. */
    void add(SessionPort output, long[] shape) throws OrtException {
        ByteBuffer buffer = pool.take(Tensor.elements(shape) * output.datatype().bytes);
        buffers.add(buffer);
        outputs.add(new Tensor(output.datatype(), shape, buffer));
        tensors.put(
                output.name(),
                OnnxTensor.createTensor(OrtRuntime.environment(), buffer, shape, output.datatype().javaType));
    }

    Map<String, ? extends OnnxValue> tensors() {
        return tensors;
    }

    /** The outputs, once they have been written. */
    List<Tensor> all() {
        return outputs;
    }

    /** From now on {@link #release} gives the buffers back. */
    void keep() {
        kept = true;
    }

    void release() {
        buffers.forEach(pool::give);
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
        if (!kept) {
            release();
        }
    }
}
