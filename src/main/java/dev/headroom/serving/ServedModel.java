package dev.headroom.serving;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.batch.Placement;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.Opening;
import dev.headroom.measured.StateKey;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.task.Pipeline;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One graph: its plan in force, its sessions, its batcher and pipeline, and what was measured and learned of it. It is
 * planned first, then open, then served, then closed, and may be opened again.
 *
 * <p>Any thread may read; what a later stage adds is empty until then. Only {@link ModelLifecycle} moves a model to its
 * next stage, one thread at a time, and only {@link LivePlan} changes its plan.
 */
public final class ServedModel {

    /** Batches fill four fifths of what models leave (headroom.memory.target). */
    private static final double ROOM_OF_A_BATCH = 1.25;

    private final ModelSpec spec;
    private final Pipeline pipeline;
    private final LimitKeeper limits;
    private final OwnPlans own = new OwnPlans();
    private final ModelSessions sessions;
    private volatile ModelPlan planned;
    private volatile CalibrationStatus status;
    private volatile Optional<Serving> serving = Optional.empty();
    private volatile Optional<Opening> opening = Optional.empty();

    /** A model that is planned. */
    ServedModel(ModelSpec spec, Pipeline pipeline, LimitKeeper limits, ModelReport first) {
        this.spec = spec;
        this.pipeline = pipeline;
        this.limits = limits;
        this.planned = first.planned();
        this.status = first.status();
        this.sessions = new ModelSessions(spec, this::plan, own);
    }

    /** The model's name. */
    public String name() {
        return spec.name();
    }

    /** The names under which requests ask for it, its folder's first. */
    List<String> names() {
        return spec.names();
    }

    /** The key of its measurements in {@code headroom.state-dir}. */
    StateKey key() {
        return limits.key();
    }

    /** Its pipeline, open or not. */
    Pipeline pipeline() {
        return pipeline;
    }

    /** Its session on each device. */
    ModelSessions sessions() {
        return sessions;
    }

    /** Its batcher and meters; empty unless it is served. */
    Optional<Serving> serving() {
        return serving;
    }

    /** The time and memory that its last opening took; empty where it has never been open on this device. */
    Optional<Opening> opening() {
        return opening;
    }

    void opening(Opening measured) {
        opening = Optional.of(measured);
        planned = new ModelPlan(demand().opened(measured.bytes()), plan());
    }

    /** The plan in force, with the model's demand that it follows from. */
    ModelPlan planned() {
        return planned;
    }

    /** The model's demand, with what was measured of it. */
    ModelDemand demand() {
        return planned.model();
    }

    /** The plan in force. */
    public Plan plan() {
        return planned.plan();
    }

    /** Puts another plan in force; batches follow it from {@link #followPlan} on. */
    void plan(ModelPlan other) {
        planned = other;
    }

    /** Its plans for the devices that differ. */
    OwnPlans own() {
        return own;
    }

    /** Bytes that must be there beside all models for a batch of one of its longest items in each lane. */
    long leastBatchBytes() {
        return (long) (ROOM_OF_A_BATCH * plan().lanes().value() * demand().itemBytes());
    }

    /** The state of its calibration. */
    CalibrationStatus status() {
        return status;
    }

    void status(CalibrationStatus now) {
        status = now;
    }

    /** The plan in force, with what out-of-memory errors have taught; waits for no device. */
    ModelReport report() {
        List<String> remarks =
                Stream.concat(spec.remarks().stream(), sessions.remarks()).toList();
        ModelReport report = new ModelReport(names(), planned, status, own.byNumber(), remarks, spec.origin());
        return serving.flatMap(parts -> parts.batcher().learned())
                .map(report::learned)
                .orElse(report);
    }

    /** The batch that growth under load has reached since the plan was made; empty where it is as planned. */
    Optional<GrownBatch> grown() {
        Optional<GrownBatch> known = demand().calibration().flatMap(Calibration::grown);
        return serving.flatMap(parts -> parts.batcher().grown())
                .filter(now -> known.filter(now::like).isEmpty());
    }

    /** Keeps what has been learned since the last time, for the next start. */
    void keepLearned() {
        serving.ifPresent(parts -> limits.keep(parts.batcher().learned()));
    }

    /** The same for the last time: the model is closed, or the process ends. */
    void keepLearnedAtLast() {
        serving.ifPresent(parts -> limits.keepAtLast(parts.batcher().learned()));
    }

    /**
     * Runs the longest row on one of its devices, in its turn among the batches of callers.
     *
     * @throws IllegalStateException when the device is lost
     */
    void warmUpLongest(DeviceSession session) throws InterruptedException {
        sessions.warmUpLongest(session);
        serving.ifPresent(parts -> sessions.task().longestThatRan().ifPresent(parts.batcher()::ranOn));
    }

    /** Makes its batcher and pipeline; batches begin at the limits that an earlier process learned. */
    void serve(MeterRegistry registry) {
        BatchMeters meters = new BatchMeters(registry, name());
        List<Placement> placements =
                sessions.all().stream().map(DeviceSession::placement).toList();
        Batcher batcher = new Batcher(placements, plan(), meters);
        limits.recall().ifPresent(batcher::restore);
        serving = Optional.of(new Serving(meters, batcher));
        pipeline.open(sessions.task(), batcher);
        new PlanMeters(this).bindTo(registry);
    }

    /** Batches that are formed from now on follow the plan in force. */
    void followPlan() {
        serving.ifPresent(parts -> parts.batcher().follow(plan()));
    }

    /** Closes the model: ends its batcher, keeps what it learned, and closes its sessions. */
    void close(List<ServedDevice> devices) {
        pipeline.close();
        keepLearnedAtLast();
        sessions.close(devices);
        serving = Optional.empty();
    }
}
