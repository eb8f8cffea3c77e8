package dev.headroom.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.headroom.device.CudaTurns;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphEdit;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** An ONNX Runtime session of one model on one execution provider, which can be closed and opened again. */
final class OnnxSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(OnnxSession.class);

    private final ModelSpec spec;
    private final ExecutionProvider provider;
    private final GraphFile file;
    private OrtSession session; // null while closed
    private SessionOptions options; // lives as long as the session
    private volatile Optional<CudaGraphs> graphs = Optional.empty();
    private RunOptions eager; // without a graph; null where the session knows none
    private volatile Optional<String> refusal = Optional.empty(); // why it has no CUDA graphs though it should

    /**
     * Opens a session.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph
     */
    OnnxSession(ModelSpec spec, ExecutionProvider provider) {
        this(spec, provider, spec.edit(provider instanceof Cuda));
    }

    /** The same with this change of the graph. */
    OnnxSession(ModelSpec spec, ExecutionProvider provider, Optional<GraphEdit> edit) {
        this.spec = spec;
        this.provider = provider;
        this.file = new GraphFile(spec, edit);
        open();
    }

    /**
     * Opens the closed session again.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph
     */
    void open() {
        SessionChanges.happen();
        Lock turn = CudaTurns.shared();
        turn.lock();
        try {
            if (refusal.isEmpty() && provider instanceof Cuda cuda && cuda.graphs()) {
                openWithGraphs(cuda);
            } else {
                open(provider instanceof Cuda cuda ? new Cuda(cuda.index()) : provider);
            }
        } catch (OrtException e) {
            throw file.refused(e);
        } catch (IOException e) {
            throw file.unreadable(e);
        } finally {
            turn.unlock();
        }
    }

    private void open(ExecutionProvider allowed) throws OrtException, IOException {
        SessionOptions opened = allowed.options();
        try {
            session = file.open(opened);
            options = opened;
        } catch (OrtException | IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Without CUDA graphs where ONNX Runtime refuses them for the model, or the arena has no room for their inputs. */
    private void openWithGraphs(Cuda cuda) throws OrtException, IOException {
        try {
            open(cuda);
            graphs = Optional.of(new CudaGraphs(spec.name(), pointer(), cuda.index()));
            eager = new RunOptions();
            eager.addRunConfigEntry(CudaGraphs.RUN_OPTION, CudaGraphs.NONE);
        } catch (OrtException | IllegalStateException e) {
            if (session == null && !e.getMessage().contains("graph capture")) {
                throw e;
            }
            refusal = Optional.of("CUDA graphs are off: " + RunFailures.oneLine(e));
            LOG.warnf("%s: %s", spec.name(), refusal.get());
            close();
            open(new Cuda(cuda.index()));
        }
    }

    /** The {@code OrtSession*}. */
    MemorySegment pointer() {
        return OrtApi.pointer(session);
    }

    /** The file that it is opened from. */
    GraphFile file() {
        return file;
    }

    ExecutionProvider provider() {
        return provider;
    }

    /**
     * The open session.
     *
     * @throws ClosedSessionException when it is closed
     */
    OrtSession ort() {
        if (session == null) {
            throw new ClosedSessionException();
        }
        return session;
    }

    /** A sentence on its CUDA graphs; empty where they are not wanted. Any thread may call. */
    Optional<String> remark() {
        return refusal.or(() -> graphs.map(CudaGraphs::remark));
    }

    /** True if it may capture CUDA graphs. */
    boolean hasGraphs() {
        return graphs.isPresent();
    }

    /**
     * Runs a batch by a CUDA graph. False if there is none: then the batch has not run.
     *
     * @param batch is asked for only where there are graphs
     */
    boolean runsAsGraph(Supplier<BucketBatch> batch) throws RunFailedException {
        return graphs.isPresent() && graphs.get().run(batch.get());
    }

    /**
     * Runs a batch.
     *
     * @param options null for none
     * @return the outputs that are named; those of the others lie in their tensors
     */
    OrtSession.Result run(
            Map<String, OnnxTensor> inputs,
            Set<String> names,
            Map<String, ? extends OnnxValue> others,
            RunOptions options)
            throws OrtException {
        if (!(provider instanceof Cuda)) {
            return ort().run(inputs, names, others, options);
        }
        CudaTurns.shared().lock();
        try {
            return ort().run(inputs, names, others, options == null ? eager : options);
        } finally {
            CudaTurns.shared().unlock();
        }
    }

    /** Closes the session, unless it is closed. */
    @Override
    public void close() {
        if (session == null) {
            return;
        }
        SessionChanges.happen();
        CudaTurns.shared().lock();
        try {
            graphs.ifPresent(CudaGraphs::close);
            session.close();
        } catch (OrtException | IllegalStateException e) {
            LOG.warnf(e, "A session was not closed");
        } finally {
            CudaTurns.shared().unlock();
        }
        if (eager != null) {
            eager.close();
        }
        options.close();
        graphs = Optional.empty();
        eager = null;
        session = null;
    }
}
