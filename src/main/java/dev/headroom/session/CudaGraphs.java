package dev.headroom.session;

import dev.headroom.device.CudaTurns;
import dev.headroom.session.RunFailedException.Kind;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jboss.logging.Logger;

/**
 * The CUDA graphs of a session: the launches of a batch recorded once for each frequent shape, and launched together from then
 * on. The device's thread calls; any thread may read {@link #remark}.
 *
 * <p>A graph computes in memory that was free when it was captured. It is dropped once something else may have come to stay
 * there: a session that opened or closed, a shrink, or memory that a kernel keeps. ONNX Runtime frees what a graph itself takes
 * with the session only, so that a session captures a limited number of them ever, and none of those is given up for another.
 */
final class CudaGraphs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(CudaGraphs.class);

    /** The run option that names a batch's graph, and its value for a run without one. */
    static final String RUN_OPTION = "gpu_graph_id";

    static final String NONE = "-1";

    /** The most graphs that a session captures; the plan assumes 1 MiB for each ({@code CudaOverhead}). */
    private static final int MOST = 32;

    /** Batches of a shape before it is captured, which costs as much as three. */
    private static final int FREQUENT = 16;

    /** The most inputs and outputs of a batch: a larger one keeps the GPU busy for longer than its launches take. */
    private static final long MOST_BYTES = 16L << 20;

    private static final int MOST_SHAPES = 512;
    private static final long LONGEST_WAIT_MILLIS = 100;

    private final String model;
    private final OrtApi api = OrtRuntime.env().api();
    private final MemorySegment session;
    private final DeviceBlock block;
    private final Map<String, Integer> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST_SHAPES;
        }
    };
    private final Map<String, Captured> graphs = new HashMap<>();
    private int captured;
    private volatile String remark = "CUDA graphs: no shape has been frequent enough to be captured";
    private boolean off;

    /** A shape's graph, and the state of the memory in which it computes. */
    private record Captured(BoundShape shape, List<Long> memory) {}

    /**
     * None is captured yet.
     *
     * @param session the {@code OrtSession*} of an open session that allows it
     * @param device CUDA's index of the GPU
     * @throws IllegalStateException when there is no room for the inputs and outputs
     */
    CudaGraphs(String model, MemorySegment session, int device) {
        this.model = model;
        this.session = session;
        this.block = new DeviceBlock(session, device, MOST_BYTES);
    }

    /** A sentence on them, for the plan. */
    String remark() {
        return remark;
    }

    /**
     * Runs a batch by its shape's graph. False if there is none: then the batch has not run.
     *
     * @throws RunFailedException when the device failed
     */
    boolean run(BucketBatch batch) throws RunFailedException {
        if (off || !batch.fits() || batch.bytes() > MOST_BYTES) {
            return false;
        }
        Captured graph = graphs.get(batch.key());
        if (graph == null) {
            return isDue(batch) && captures(batch);
        }
        if (!graph.memory.equals(memory())) {
            drop(batch);
            return false;
        }
        return replays(batch, graph);
    }

    private boolean isDue(BucketBatch batch) {
        return seen.merge(batch.key(), 1, Integer::sum) > FREQUENT && captured < MOST;
    }

    /** Other threads' calls to CUDA would spoil the capture. If they do not end soon the next batch of this shape tries again. */
    private boolean captures(BucketBatch batch) throws RunFailedException {
        Lock turn = CudaTurns.alone();
        try {
            if (!turn.tryLock(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            capture(batch);
            return true;
        } catch (IllegalStateException | LinkageError e) {
            failed(batch, RunFailures.classify(e));
            return false;
        } finally {
            turn.unlock();
        }
    }

    private void capture(BucketBatch batch) {
        captured++;
        BoundShape shape = new BoundShape(api, session, captured);
        try {
            batch.bind(shape, block);
            run(batch, shape);
        } catch (IllegalStateException | LinkageError e) {
            shape.close();
            throw e;
        }
        graphs.put(batch.key(), new Captured(shape, memory()));
        remark =
                "CUDA graphs: %d of at most %d shapes captured, the last one %s".formatted(captured, MOST, batch.key());
    }

    /** Where only memory was missing, a later capture may succeed. */
    private void failed(BucketBatch batch, RunFailedException failure) throws RunFailedException {
        if (failure.kind() == Kind.DEVICE_LOST) {
            throw failure;
        }
        drop(batch);
        if (failure.kind() != Kind.OUT_OF_MEMORY) {
            off = true;
            remark = "CUDA graphs are off, because a capture failed: " + failure.getMessage();
            LOG.warnf("%s: %s", model, remark);
        }
    }

    private boolean replays(BucketBatch batch, Captured graph) throws RunFailedException {
        CudaTurns.shared().lock();
        try {
            run(batch, graph.shape);
            return true;
        } catch (IllegalStateException e) {
            drop(batch);
            throw RunFailures.classify(e);
        } finally {
            CudaTurns.shared().unlock();
        }
    }

    private void run(BucketBatch batch, BoundShape shape) {
        batch.copyIn(block.start().address());
        shape.run();
        batch.copyOut(block.start().address());
    }

    /** A shape without a graph has to be frequent once more. */
    private void drop(BucketBatch batch) {
        seen.put(batch.key(), 0);
        Captured graph = graphs.remove(batch.key());
        if (graph != null) {
            graph.shape.close();
        }
    }

    /** The state that has to be as it was at the capture. */
    private List<Long> memory() {
        List<Long> arena = block.arena();
        return List.of(SessionChanges.count(), arena.getFirst(), arena.getLast());
    }

    /** Closed before the session, which takes the graphs along. */
    @Override
    public void close() {
        graphs.values().forEach(graph -> graph.shape.close());
        graphs.clear();
        block.close();
    }
}
