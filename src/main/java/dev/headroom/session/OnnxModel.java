package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A model in one or two ONNX Runtime sessions: one for batches that share the device, and one for batches that run
 * alone.
 */
public final class OnnxModel implements Model {

    private static final Logger LOG = Logger.getLogger(OnnxModel.class);

    private final ModelSpec spec;
    private final BufferPool buffers;
    private final BatchRunner runner;
    private final OnnxSessions sessions;
    private final SmallestRow smallest;

    private OnnxModel(ModelSpec spec, OnnxSession session) throws OrtException {
        this.spec = spec;
        this.sessions = new OnnxSessions(spec, session);
        this.buffers = new BufferPool(session.provider() instanceof ExecutionProvider.Cuda);
        this.runner = new BatchRunner(Signature.of(spec, session.ort()), buffers, spec.task());
        this.smallest = new SmallestRow(spec.name(), runner);
    }

    /**
     * Loads a model; called from the thread of its device.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph or it is not as its description says
     */
    public static OnnxModel open(ModelSpec spec, ExecutionProvider provider) {
        OnnxSession session = new OnnxSession(spec, provider);
        try {
            return new OnnxModel(spec, session);
        } catch (OrtException e) {
            session.close();
            throw session.file().refused(e);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Loads ONNX Runtime's library, so that the first model need not wait for it; where it fails, that model's opening tells. */
    public static void loadLibrary() {
        try {
            OrtRuntime.environment();
        } catch (LinkageError e) {
            LOG.debug("ONNX Runtime was not loaded", e);
        }
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int weight() {
        return spec.weight();
    }

    /** A sentence on its CUDA graphs; empty where they are not wanted. Any thread may call. */
    public Optional<String> remark() {
        return sessions.lanes().remark();
    }

    @Override
    public Ports ports() {
        return runner.signature().ports();
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        return run(rows, sessions.lanes(), null);
    }

    @Override
    public BatchOutput runAlone(List<Row> rows) throws RunFailedException {
        return run(rows, sessions.alone(), null);
    }

    @Override
    public boolean runsOnCallingThread() {
        return sessions.lanes().provider() instanceof ExecutionProvider.Cpu(int threads) && threads == 1;
    }

    @Override
    public PreparedRows prepare(List<Row> rows) throws RunFailedException {
        Collation batch = runner.collate(rows);
        return new PreparedRows() {
            @Override
            public BatchOutput run() throws RunFailedException {
                return OnnxModel.this.run(batch, sessions.lanes(), null);
            }

            @Override
            public void close() {
                batch.close();
            }
        };
    }

    private BatchOutput run(List<Row> rows, OnnxSession session, RunOptions options) throws RunFailedException {
        try (Collation batch = runner.collate(rows)) {
            return run(batch, session, options);
        }
    }

    private BatchOutput run(Collation batch, OnnxSession session, RunOptions options) throws RunFailedException {
        BatchOutput output;
        try {
            output = runner.run(session, batch, options);
        } catch (RunFailedException e) {
            smallest.runAfter(e, session);
            throw e;
        }
        smallest.ran(batch.rows().getFirst());
        return output;
    }

    /**
     * Follows a plan: from now on batches run on these providers. An open session on one of them is kept. Called while
     * nothing runs.
     *
     * @param shared for batches beside which others run
     * @param single for batches that run alone; empty: the same as the others
     * @throws BrokenModelException when a session does not open
     */
    public void follow(ExecutionProvider shared, Optional<ExecutionProvider> single) {
        sessions.follow(shared, single, this::warmUp);
    }

    /** The first run of a session is slower than others. */
    private void warmUp(OnnxSession session) {
        try {
            run(smallest.batch(), session, null).close();
        } catch (RunFailedException e) {
            LOG.debugf(e, "A session of %s was not warmed up", name());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>ONNX Runtime shrinks at the end of a run, so that the smallest row is run for it.
     */
    @Override
    public void shrink() {
        buffers.clear();
        try (RunOptions options = new RunOptions()) {
            options.addRunConfigEntry(
                    "memory.enable_memory_arena_shrinkage",
                    sessions.lanes().provider().arena());
            options.addRunConfigEntry(CudaGraphs.RUN_OPTION, CudaGraphs.NONE);
            run(smallest.batch(), sessions.lanes(), options).close();
        } catch (OrtException | RunFailedException | RuntimeException e) {
            LOG.debugf(e, "The arena of %s was not shrunk", name());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The sessions are closed first: two at once would not fit, and a CPU's arena loses its cap to weights beyond
     * it. Then a row that has always run tells a broken session from a batch that fails.
     */
    @Override
    public void reopen() {
        buffers.clear();
        sessions.reopen();
        try {
            run(smallest.batch()).close();
        } catch (RunFailedException e) {
            if (e.kind() != Kind.OUT_OF_MEMORY) {
                throw new BrokenModelException(
                        "%s does not run in a new session: %s".formatted(name(), e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        buffers.close();
        sessions.close();
    }
}
