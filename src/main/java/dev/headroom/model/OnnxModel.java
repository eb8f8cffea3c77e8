package dev.headroom.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** A model in an ONNX Runtime session. */
public final class OnnxModel implements Model {

    private static final Logger LOG = Logger.getLogger(OnnxModel.class);

    private final ModelSpec spec;
    private final ExecutionProvider provider;
    private final SessionOptions options;
    private final OrtSession session;
    private final Signature signature;
    private final BufferPool buffers = new BufferPool();

    private OnnxModel(ModelSpec spec, ExecutionProvider provider, SessionOptions options, OrtSession session)
            throws OrtException {
        this.spec = spec;
        this.provider = provider;
        this.options = options;
        this.session = session;
        this.signature = Signature.of(spec, session);
    }

    /**
     * Loads a model; called from the thread of its device.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph or it is not as its description says
     */
    public static OnnxModel open(ModelSpec spec, ExecutionProvider provider) {
        try {
            SessionOptions options = provider.options();
            try {
                return open(spec, provider, options);
            } catch (OrtException | RuntimeException e) {
                options.close();
                throw e;
            }
        } catch (OrtException e) {
            boolean memory = RunFailures.classify(e).kind() == RunFailedException.Kind.OUT_OF_MEMORY;
            throw new BrokenModelException("%s: ONNX Runtime cannot load %s (%s); %s."
                    .formatted(
                            spec.onnx().getParent(),
                            spec.onnx().getFileName(),
                            RunFailures.oneLine(e),
                            memory ? "give it more memory" : "export or download the file again"));
        }
    }

    private static OnnxModel open(ModelSpec spec, ExecutionProvider provider, SessionOptions options)
            throws OrtException {
        OrtSession session = OrtRuntime.environment().createSession(spec.onnx().toString(), options);
        try {
            return new OnnxModel(spec, provider, options, session);
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** ONNX Runtime's version, such as 1.29.0. */
    public static String runtimeVersion() {
        return OrtRuntime.environment().getVersion();
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public List<String> inputs() {
        return signature.inputNames();
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        return run(rows, null);
    }

    /**
     * {@inheritDoc}
     *
     * <p>ONNX Runtime shrinks at the end of a run, so the smallest of runs is made for it.
     */
    @Override
    public void shrink() {
        buffers.clear();
        try (RunOptions options = new RunOptions()) {
            options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", provider.arena());
            run(List.of(signature.smallestRow()), options).close();
        } catch (OrtException | RunFailedException | RuntimeException e) {
            LOG.debugf(e, "The arena of %s was not shrunk", name());
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            LOG.warnf(e, "The session of %s was not closed", name());
        }
        options.close();
    }

    private BatchOutput run(List<Row> rows, RunOptions options) throws RunFailedException {
        try (Collation batch =
                Collation.of(rows, signature.inputs(), buffers, spec.task().padId())) {
            long[] shape = signature.outputShape(batch.shapes()).orElse(null);
            return shape == null ? runUnpinned(batch, options) : runPinned(batch, shape, options);
        } catch (OrtException | OutOfMemoryError e) {
            throw RunFailures.classify(e);
        }
    }

    /** ONNX Runtime writes the output where it will be read: no copy. */
    private BatchOutput runPinned(Collation batch, long[] shape, RunOptions options) throws OrtException {
        Signature.Port output = signature.output();
        ByteBuffer buffer = buffers.take(Tensor.elements(shape) * output.info().type.size);
        try (OnnxTensor tensor = OnnxTensor.createTensor(OrtRuntime.environment(), buffer, shape, output.info().type);
                OrtSession.Result _ = session.run(batch.tensors(), Set.of(), Map.of(output.name(), tensor), options)) {
            return new BatchOutput(slices(buffer, shape), () -> buffers.give(buffer));
        } catch (OrtException | RuntimeException | Error e) {
            buffers.give(buffer);
            throw e;
        }
    }

    /** Only ONNX Runtime knows the output's shape: it is copied out of its memory. */
    private BatchOutput runUnpinned(Collation batch, RunOptions options) throws OrtException {
        try (OrtSession.Result result =
                session.run(batch.tensors(), Set.of(signature.output().name()), Map.of(), options)) {
            OnnxTensor tensor = (OnnxTensor) result.get(0);
            return new BatchOutput(
                    slices(tensor.getByteBuffer(), tensor.getInfo().getShape()), () -> {});
        }
    }

    private List<Tensor> slices(ByteBuffer values, long[] shape) {
        long[] itemShape = Arrays.copyOfRange(shape, 1, shape.length);
        int itemBytes = values.limit() / Math.toIntExact(shape[0]);
        return IntStream.range(0, Math.toIntExact(shape[0]))
                .mapToObj(row ->
                        new Tensor(signature.output().info().type, itemShape, values.slice(row * itemBytes, itemBytes)))
                .toList();
    }
}
