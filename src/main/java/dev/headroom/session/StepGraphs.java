package dev.headroom.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.DecoderGraph.Port;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The steps of a decoder as CUDA graphs, one for each number of rows, a power of two, and each memory of keys and values. The mask
 * is as wide as that memory, with zeros behind each row's tokens, so that a step has the shape of the one before. The rows that
 * fill up the power of two read the last one's token into memory that no sequence has. The device's thread calls.
 */
final class StepGraphs implements AutoCloseable {

    private final OnnxSession session;
    private final DecoderGraph.Inputs inputs;
    private final Map<String, NodeInfo> ports;
    private final SessionPort scores;
    private final BufferPool buffers = new BufferPool(true);

    /**
     * No step has been captured yet.
     *
     * @param session has CUDA graphs
     * @param scores the output with the scores of the last token
     */
    StepGraphs(OnnxSession session, DecoderGraph graph, String scores) {
        this.session = session;
        this.inputs = graph.inputs();
        try {
            this.ports = session.ort().getInputInfo();
            NodeInfo output = session.ort().getOutputInfo().get(scores);
            this.scores = new SessionPort(scores, (TensorInfo) output.getInfo());
        } catch (OrtException e) {
            throw session.file().refused(e);
        }
    }

    /** True if a graph's steps can have one shape: keys and values stay where they are, and a mask tells the lengths. */
    static boolean suit(DecoderGraph graph) {
        DecoderGraph.Inputs inputs = graph.inputs();
        return graph.shared()
                && graph.originalContext().isEmpty()
                && inputs.mask().isPresent()
                && inputs.useCache().isEmpty()
                && inputs.keep().isEmpty();
    }

    /** The provider of a session, without CUDA graphs where the graph's steps have several shapes. */
    static ExecutionProvider suited(DecoderGraph graph, ExecutionProvider provider) {
        return provider instanceof Cuda cuda && !suit(graph) ? new Cuda(cuda.index()) : provider;
    }

    /** The rows that a graph has which steps so many. */
    static int bucket(int rows, int capacityRows) {
        return Math.min(capacityRows, Integer.highestOneBit(2 * rows - 1));
    }

    /**
     * Steps.
     *
     * @param capacity the rows and tokens that there is memory for
     * @param views keys and values of so many rows
     * @param logits has read the scores of a step before
     * @return the scores; empty where there is no graph yet, so that nothing ran
     * @throws RunFailedException when the device failed
     */
    Optional<Logits> run(DecoderInput input, KeyValues capacity, IntFunction<KeyValueView> views, LogitsReader logits)
            throws RunFailedException {
        if (logits.rowBytes() == 0) {
            return Optional.empty();
        }
        int rows = bucket(input.rows(), capacity.rows());
        ByteBuffer host = buffers.take(input.rows() * logits.rowBytes());
        try {
            MemorySegment into = MemorySegment.ofBuffer(host);
            List<BucketTensor> in = inputs(input, rows, capacity.capacity());
            BucketTensor out = new BucketTensor(
                    scores,
                    new long[] {input.rows(), 1, logits.vocabulary()},
                    new long[] {rows, 1, logits.vocabulary()},
                    into);
            BucketBatch step = new BucketBatch(in, List.of(out), buffers, views.apply(rows));
            return session.runsAsGraph(() -> step) ? Optional.of(logits.read(into, input.rows(), 1)) : Optional.empty();
        } finally {
            buffers.give(host);
        }
    }

    /** The inputs in the shape of all rows and tokens that there is memory for. */
    List<BucketTensor> inputs(DecoderInput input, long... whole) {
        long[] one = {input.rows(), 1};
        long[] ones = {whole[0], 1};
        List<BucketTensor> all = new ArrayList<>();
        all.add(tensor(inputs.ids(), input.ids(), one, ones));
        inputs.mask()
                .map(port -> tensor(port, input.mask(), new long[] {input.rows(), input.maskWidth()}, whole))
                .ifPresent(all::add);
        inputs.positions()
                .map(port -> tensor(port, input.positions(), one, ones))
                .ifPresent(all::add);
        return all;
    }

    private BucketTensor tensor(Port port, long[] values, long[] shape, long[] bucket) {
        SessionPort node =
                new SessionPort(port.name(), (TensorInfo) ports.get(port.name()).getInfo());
        return new BucketTensor(node, shape, bucket, host(port, values));
    }

    private static MemorySegment host(Port port, long[] values) {
        if (port.type() == DecoderGraph.INT64) {
            return MemorySegment.ofArray(values);
        }
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return MemorySegment.ofArray(ints);
    }

    /** Closed before the session. */
    @Override
    public void close() {
        buffers.close();
    }
}
