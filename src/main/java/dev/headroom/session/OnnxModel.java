package dev.headroom.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtUtil;
import ai.onnxruntime.TensorInfo;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.Signature.Node;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** A model in an ONNX Runtime session. */
public final class OnnxModel implements Model {

    private static final Logger LOG = Logger.getLogger(OnnxModel.class);

    private final ModelSpec spec;
    private final Signature signature;
    private final BufferPool buffers = new BufferPool();
    private ExecutionProvider provider;
    private Optional<ExecutionProvider> providerAlone = Optional.empty();
    private Loaded loaded; // null once closed
    private Loaded loadedAlone;
    private volatile Row proven; // the smallest that ran

    private OnnxModel(ModelSpec spec, ExecutionProvider provider, Loaded loaded) throws OrtException {
        this.spec = spec;
        this.provider = provider;
        this.loaded = loaded;
        this.loadedAlone = loaded;
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
    public int weight() {
        return spec.weight();
    }

    @Override
    public Ports ports() {
        return signature.ports();
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        return run(rows, loaded, null);
    }

    @Override
    public BatchOutput runAlone(List<Row> rows) throws RunFailedException {
        return run(rows, loadedAlone, null);
    }

    /**
     * Runs by these from now on; called while nothing runs. A session that is there for it already is kept.
     *
     * @param lanes for batches beside which others run
     * @param alone for batches that are alone, in a session of their own; empty: as the others
     * @throws BrokenModelException when a session does not open
     */
    public void follow(ExecutionProvider lanes, Optional<ExecutionProvider> alone) {
        Map<ExecutionProvider, Loaded> before = sessions();
        Set<ExecutionProvider> wanted = new LinkedHashSet<>(List.of(lanes));
        alone.ifPresent(wanted::add);
        Map<ExecutionProvider, Loaded> opened = new HashMap<>();
        try {
            wanted.stream().filter(by -> !before.containsKey(by)).forEach(by -> opened.put(by, load(by)));
            opened.values().forEach(this::warmUp);
        } catch (RuntimeException | Error e) {
            opened.values().forEach(Loaded::close);
            throw e;
        }
        Map<ExecutionProvider, Loaded> all = new HashMap<>(before);
        all.putAll(opened);
        provider = lanes;
        providerAlone = alone.filter(by -> !by.equals(lanes));
        loaded = all.get(lanes);
        loadedAlone = all.get(alone.orElse(lanes));
        all.keySet().removeAll(wanted);
        all.values().forEach(Loaded::close);
    }

    /** The first run of a session is slower than others. */
    private void warmUp(Loaded session) {
        try {
            run(List.of(runnable()), session, null).close();
        } catch (RunFailedException e) {
            LOG.debugf(e, "A session of %s was not warmed up", name());
        }
    }

    private Map<ExecutionProvider, Loaded> sessions() {
        Map<ExecutionProvider, Loaded> sessions = new HashMap<>();
        sessions.put(provider, loaded);
        providerAlone.ifPresent(by -> sessions.put(by, loadedAlone));
        return sessions;
    }

    private Loaded load(ExecutionProvider by) {
        try {
            return Loaded.of(spec, by);
        } catch (OrtException e) {
            throw broken(spec, e);
        }
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
            run(List.of(runnable()), loaded, options).close();
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
        loaded = load(provider);
        loadedAlone = loaded;
        loadedAlone = providerAlone.map(this::load).orElse(loaded);
        tryOut();
    }

    /** Whether it is the session that fails or what runs on it shows in a row that has always run. */
    private void tryOut() {
        try {
            run(List.of(runnable())).close();
        } catch (RunFailedException e) {
            if (e.kind() != RunFailedException.Kind.OUT_OF_MEMORY) {
                throw new BrokenModelException(
                        "%s does not run in a new session: %s".formatted(name(), e.getMessage()));
            }
        }
    }

    /** Not every graph runs where all open dimensions are 1. */
    private Row runnable() {
        return proven == null ? signature.smallestRow() : proven;
    }

    @Override
    public void close() {
        buffers.clear();
        if (loadedAlone != loaded) {
            loadedAlone.close();
        }
        if (loaded != null) {
            loaded.close();
        }
        loaded = null;
        loadedAlone = null;
    }

    private BatchOutput run(List<Row> rows, Loaded session, RunOptions options) throws RunFailedException {
        long start = System.nanoTime();
        try (Collation batch =
                Collation.of(rows, signature.inputs(), buffers, spec.task().padId())) {
            List<Node> asked = signature.asked(rows.getFirst().form());
            List<long[]> shapes = asked.stream()
                    .flatMap(output -> signature.outputShape(output, batch.shapes()).stream())
                    .toList();
            Run run = new Run(session.session, options, rows.size(), System.nanoTime() - start);
            BatchOutput output = shapes.size() == asked.size()
                    ? runPinned(batch, asked, shapes, run)
                    : runUnpinned(batch, asked, run);
            prove(rows.getFirst());
            return output;
        } catch (OrtException | OutOfMemoryError e) {
            throw RunFailures.classify(e);
        }
    }

    /** What it held is none of anybody's business: zeros run, too. */
    private void prove(Row row) {
        if (proven == null || row.elements() < proven.elements()) {
            proven = row.zeros();
        }
    }

    /** One run of a session, of so many rows, and how long the collation before it took. */
    private record Run(OrtSession session, RunOptions options, int rows, long collateNanos) {}

    /** ONNX Runtime writes the outputs where they will be read: no copy. */
    private BatchOutput runPinned(Collation batch, List<Node> asked, List<long[]> shapes, Run run) throws OrtException {
        PinnedOutputs outputs = new PinnedOutputs(buffers);
        try (outputs) {
            for (int i = 0; i < asked.size(); i++) {
                outputs.add(asked.get(i), shapes.get(i));
            }
            try (OrtSession.Result _ = run.session.run(batch.tensors(), Set.of(), outputs.tensors(), run.options)) {
                List<List<Tensor>> rows = rows(outputs.all(), run.rows);
                outputs.keep();
                return new BatchOutput(run.collateNanos, rows, outputs::release);
            }
        }
    }

    /** Only ONNX Runtime knows the outputs' shapes: they are copied out of its memory. */
    private BatchOutput runUnpinned(Collation batch, List<Node> asked, Run run) throws OrtException {
        Set<String> names = new LinkedHashSet<>(asked.stream().map(Node::name).toList());
        try (OrtSession.Result result = run.session.run(batch.tensors(), names, Map.of(), run.options)) {
            List<Tensor> outputs = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                outputs.add(copy((OnnxTensor) result.get(i)));
            }
            return new BatchOutput(run.collateNanos, rows(outputs, run.rows), () -> {});
        }
    }

    private static Tensor copy(OnnxTensor tensor) throws OrtException {
        TensorInfo info = tensor.getInfo();
        if (info.type != OnnxJavaType.STRING) {
            return new Tensor(info.type, info.getShape(), tensor.getByteBuffer());
        }
        Object texts = OrtUtil.flattenString((Object[]) tensor.getValue());
        return Tensor.ofTexts(info.getShape(), List.of((String[]) texts));
    }

    /** For each row its share of each output. */
    private static List<List<Tensor>> rows(List<Tensor> outputs, int rows) {
        outputs.stream().filter(output -> !output.isOf(rows)).findFirst().ifPresent(output -> {
            throw new IllegalStateException(
                    "the output for %d rows has the shape %s, whose first dimension is not the batch's"
                            .formatted(rows, Arrays.toString(output.shape())));
        });
        List<List<Tensor>> byOutput =
                outputs.stream().map(output -> output.rows(rows)).toList();
        return IntStream.range(0, rows)
                .mapToObj(row -> byOutput.stream().map(of -> of.get(row)).toList())
                .toList();
    }
}
