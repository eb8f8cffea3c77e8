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
    private final Signature signature;
    private final BufferPool buffers = new BufferPool();
    private Loaded loaded; // null once closed

    private OnnxModel(ModelSpec spec, ExecutionProvider provider, Loaded loaded) throws OrtException {
        this.spec = spec;
        this.provider = provider;
        this.loaded = loaded;
        this.signature = Signature.of(spec, loaded.session);
    }

    /** A session and the options that it was opened with, which live as long. */
    private record Loaded(OrtSession session, SessionOptions options) {

        private static Loaded of(ModelSpec spec, ExecutionProvider provider) throws OrtException {
            SessionOptions options = provider.options();
            try {
                return new Loaded(
                        OrtRuntime.environment().createSession(spec.onnx().toString(), options), options);
            } catch (OrtException | RuntimeException e) {
                options.close();
                throw e;
            }
        }

        private void close() {
            try {
                session.close();
            } catch (OrtException e) {
                LOG.warnf(e, "A session was not closed");
            }
            options.close();
        }
    }

    /**
     * Loads a model; called from the thread of its device.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph or it is not as its description says
     */
    public static OnnxModel open(ModelSpec spec, ExecutionProvider provider) {
        try {
            Loaded loaded = Loaded.of(spec, provider);
            try {
                return new OnnxModel(spec, provider, loaded);
            } catch (OrtException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        } catch (OrtException e) {
            throw broken(spec, e);
        }
    }

    private static BrokenModelException broken(ModelSpec spec, OrtException e) {
        boolean memory = RunFailures.classify(e).kind() == RunFailedException.Kind.OUT_OF_MEMORY;
        return new BrokenModelException("%s: ONNX Runtime cannot load %s (%s); %s."
                .formatted(
                        spec.onnx().getParent(),
                        spec.onnx().getFileName(),
                        RunFailures.oneLine(e),
                        memory ? "give it more memory" : "export or download the file again"));
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

    /**
     * {@inheritDoc}
     *
     * <p>Closed first: two sessions at once would not fit, and a CPU's arena loses its cap to weights beyond it.
     */
    @Override
    public void reopen() {
        close();
        try {
            loaded = Loaded.of(spec, provider);
        } catch (OrtException e) {
            throw broken(spec, e);
        }
        tryOut();
    }

    /** Whether it is the session that fails or what runs on it shows in a row that has always run. */
    private void tryOut() {
        try {
            run(List.of(signature.smallestRow())).close();
        } catch (RunFailedException e) {
            if (e.kind() != RunFailedException.Kind.OUT_OF_MEMORY) {
                throw new BrokenModelException(
                        "%s does not run in a new session: %s".formatted(name(), e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        buffers.clear();
        if (loaded != null) {
            loaded.close();
            loaded = null;
        }
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
                OrtSession.Result _ =
                        loaded.session.run(batch.tensors(), Set.of(), Map.of(output.name(), tensor), options)) {
            return new BatchOutput(slices(buffer, shape), () -> buffers.give(buffer));
        } catch (OrtException | RuntimeException | Error e) {
            buffers.give(buffer);
            throw e;
        }
    }

    /** Only ONNX Runtime knows the output's shape: it is copied out of its memory. */
    private BatchOutput runUnpinned(Collation batch, RunOptions options) throws OrtException {
        try (OrtSession.Result result =
                loaded.session.run(batch.tensors(), Set.of(signature.output().name()), Map.of(), options)) {
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
