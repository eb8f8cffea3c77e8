package dev.headroom.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtUtil;
import ai.onnxruntime.TensorInfo;
import dev.headroom.model.TaskSpec;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs rows as one batch of a session.
 *
 * @param buffers lends the memory for inputs and outputs
 * @param task says how rows are padded
 */
record BatchRunner(Signature signature, BufferPool buffers, TaskSpec task) {

    /**
     * Collates rows, on any thread.
     *
     * @throws RunFailedException when there is no memory for them
     */
    Collation collate(List<Row> rows) throws RunFailedException {
        try {
            return Collation.of(rows, signature, buffers, task.padId());
        } catch (OrtException | OutOfMemoryError e) {
            throw RunFailures.classify(e);
        }
    }

    /**
     * Runs a batch and splits its outputs into rows again.
     *
     * @param options null for none
     * @throws RunFailedException when the device did not run the batch
     */
    BatchOutput run(OnnxSession session, Collation batch, RunOptions options) throws RunFailedException {
        try {
            Run run = new Run(session, batch, options);
            List<SessionPort> asked = signature.asked(batch.rows().getFirst().form());
            List<long[]> shapes = new ArrayList<>(asked.size());
            for (SessionPort output : asked) {
                signature.outputShape(output, batch.shapes()).ifPresent(shapes::add);
            }
            return shapes.size() == asked.size() ? pinned(run, asked, shapes) : unpinned(run, asked);
        } catch (OrtException | OutOfMemoryError e) {
            throw RunFailures.classify(e);
        }
    }

    /** One run of a batch; no options are null. */
    private record Run(OnnxSession session, Collation batch, RunOptions options) {

        int rows() {
            return batch.rows().size();
        }
    }

    /** ONNX Runtime writes the outputs where they will be read, without a copy. */
    private BatchOutput pinned(Run run, List<SessionPort> asked, List<long[]> shapes)
            throws OrtException, RunFailedException {
        PinnedOutputs outputs = new PinnedOutputs(buffers);
        try (outputs) {
            for (int i = 0; i < asked.size(); i++) {
                outputs.add(asked.get(i), shapes.get(i));
            }
            boolean plain = run.options == null && signature.graphsSuit();
            if (!plain || !run.session.runsAsGraph(() -> bucket(run, asked, outputs.all()))) {
                run.session
                        .run(run.batch.tensors(), Set.of(), outputs.tensors(), run.options)
                        .close();
            }
            List<List<Tensor>> rows = rows(outputs.all(), run.rows());
            outputs.keep();
            return new BatchOutput(run.batch.nanos(), rows, outputs::release);
        }
    }

    /** The batch in the bucket of its shape. */
    private BucketBatch bucket(Run run, List<SessionPort> asked, List<Tensor> outputs) {
        Collation batch = run.batch;
        boolean masked =
                task.padded() && batch.rows().getFirst().form().shapes().isEmpty();
        long longest = masked ? task.elementsPerItem() : 0;
        List<long[]> buckets = BucketTensor.up(signature.inputs(), batch.shapes(), longest);
        List<BucketTensor> in = new ArrayList<>();
        for (SessionPort input : signature.inputs()) {
            Buffer values = batch.tensors().get(input.name()).getBufferRef().orElseThrow();
            int i = in.size();
            in.add(new BucketTensor(input, batch.shapes().get(i), buckets.get(i), MemorySegment.ofBuffer(values)));
        }
        List<BucketTensor> out = new ArrayList<>();
        for (SessionPort output : asked) {
            Tensor values = outputs.get(out.size());
            long[] bucket = signature.outputShape(output, buckets).orElseThrow();
            out.add(new BucketTensor(output, values.shape(), bucket, MemorySegment.ofBuffer(values.data())));
        }
        return new BucketBatch(in, out, task.padId(), buffers);
    }

    /** Only ONNX Runtime knows the shapes of these outputs, so that they are copied out of its memory. */
    private static BatchOutput unpinned(Run run, List<SessionPort> asked) throws OrtException {
        Set<String> names =
                new LinkedHashSet<>(asked.stream().map(SessionPort::name).toList());
        try (OrtSession.Result result = run.session.run(run.batch.tensors(), names, Map.of(), run.options)) {
            List<Tensor> outputs = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                outputs.add(copy((OnnxTensor) result.get(i), asked.get(i).datatype()));
            }
            return new BatchOutput(run.batch.nanos(), rows(outputs, run.rows()), () -> {});
        }
    }

    private static Tensor copy(OnnxTensor tensor, Datatype datatype) throws OrtException {
        TensorInfo info = tensor.getInfo();
        if (datatype != Datatype.BYTES) {
            return new Tensor(datatype, info.getShape(), tensor.getByteBuffer());
        }
        Object texts = OrtUtil.flattenString((Object[]) tensor.getValue());
        return Tensor.ofTexts(info.getShape(), List.of((String[]) texts));
    }

    /** For each row its share of each output. */
    private static List<List<Tensor>> rows(List<Tensor> outputs, int rows) {
        for (Tensor output : outputs) {
            if (output.shape().length == 0 || output.shape()[0] != rows) {
                throw new IllegalStateException(
                        "the output for %d rows has the shape %s, whose first dimension is not the batch's"
                                .formatted(rows, Arrays.toString(output.shape())));
            }
        }
        List<List<Tensor>> byOutput = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            byOutput.add(output.rows());
        }
        List<List<Tensor>> byRow = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            Tensor[] outputsOfRow = new Tensor[byOutput.size()];
            for (int i = 0; i < outputsOfRow.length; i++) {
                outputsOfRow[i] = byOutput.get(i).get(row);
            }
            byRow.add(List.of(outputsOfRow));
        }
        return byRow;
    }
}
