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
import dev.headroom.serving.ServedDevice.Opened;
import dev.headroom.session.DeviceThread;
import dev.headroom.task.ModelTask;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import dev.headroom.task.TaskFiles;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One graph: its plan in force, its session on each device, its batcher and pipeline, and what was measured and
 * learned of it. It is planned first, then open, then served, then closed, and may be opened again.
 *
 * <p>Any thread may read; what a later stage adds is empty until then. Only {@link ModelLifecycle} moves a model to its
 * next stage, one thread at a time, and only {@link LivePlan} changes its plan.
 */
public final class ServedModel {

    private static final long DRAIN_POLL_MILLIS = 5;

    /** Batches fill four fifths of what models leave (headroom.memory.target). */
    private static final double ROOM_OF_A_BATCH = 1.25;

    private final ModelSpec spec;
    private final Pipeline pipeline;
    private final LimitKeeper limits;
    private volatile ModelPlan planned;
    private volatile Map<Integer, Plan> unlike = Map.of(); // by the device's number
    private final Map<String, Calibration> elsewhere = new ConcurrentHashMap<>(); // by the device's name
    private volatile CalibrationStatus status;
    private volatile List<DeviceSession> sessions = List.of();
    private volatile Optional<Serving> serving = Optional.empty();
    private volatile Optional<Opening> opening = Optional.empty();
    private ModelTask task;
    private TaskFiles files; // null before the first opening; a tokeniser cannot be given back

    /** The parts that a served model has. */
    record Serving(BatchMeters meters, Batcher batcher) {}

    /** A model that is planned. */
    ServedModel(ModelSpec spec, Pipeline pipeline, LimitKeeper limits, ModelReport first) {
        this.spec = spec;
        this.pipeline = pipeline;
        this.limits = limits;
        this.planned = first.planned();
        this.status = first.status();
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

    /** What its last opening took; empty where it has never been open on this device. */
    Optional<Opening> opening() {
        return opening;
    }

    void opening(Opening measured) {
        opening = Optional.of(measured);
        planned = new ModelPlan(demand().opened(measured.bytes()), plan());
    }

    /** Bytes that must be there beside all models for a batch of one of its longest items in each lane. */
    long leastBatchBytes() {
        return (long) (ROOM_OF_A_BATCH * plan().lanes().value() * demand().itemBytes());
    }

    /** Bytes that it took of the first device when it was opened; 0 while it is closed. */
    long heldBytes() {
        return sessions.stream()
                .findFirst()
                .map(session -> session.calibrator().baseBytes())
                .orElse(0L);
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

    /**
     * The plan of a device, which is its own where it differs from the device that the model's plan is for.
     *
     * @param first the model's plan, whose batch may have grown under load since
     */
    Plan plan(ServedDevice device, Plan first) {
        Plan own = unlike.get(device.access().number());
        if (own == null) {
            return first;
        }
        return own.growth().isPresent() ? own.grown(first.batch().asInt()) : own;
    }

    /** Puts other plans in force for the devices that differ; batches follow as they follow {@link #plan(ModelPlan)}. */
    void planUnlike(Map<Integer, Plan> others) {
        unlike = new TreeMap<>(others);
    }

    /** What was measured on a device of this name, which differs from the one of the model's plan. */
    Optional<Calibration> measuredOn(String device) {
        return Optional.ofNullable(elsewhere.get(device));
    }

    /** Notes what was measured on such a device. */
    void measuredOn(String device, Calibration measured) {
        elsewhere.put(device, measured);
    }

    /** Puts another plan in force; batches follow it from {@link #followPlan} on. */
    void plan(ModelPlan other) {
        planned = other;
    }

    /** The state of its calibration. */
    CalibrationStatus status() {
        return status;
    }

    void status(CalibrationStatus now) {
        status = now;
    }

    /** Its sessions, in the order of the devices; none before it is open. */
    List<DeviceSession> sessions() {
        return sessions;
    }

    /** Its batcher, pipeline and meters; empty unless it is served. */
    Optional<Serving> serving() {
        return serving;
    }

    /** The plan in force, with what out-of-memory errors have taught; waits for no device. */
    ModelReport report() {
        ModelReport report = new ModelReport(names(), planned, status, unlike, remarks(), spec.origin());
        return serving.flatMap(parts -> parts.batcher().learned())
                .map(report::learned)
                .orElse(report);
    }

    /** Those of its folder, then those of its sessions. */
    private List<String> remarks() {
        return Stream.concat(
                        spec.remarks().stream(),
                        sessions.stream().flatMap(session -> session.model().remark().stream()))
                .toList();
    }

    /** The batch that growth under load has reached since the plan was made; empty where it is as planned. */
    Optional<GrownBatch> grown() {
        Optional<GrownBatch> planned = demand().calibration().flatMap(Calibration::grown);
        return serving.flatMap(parts -> parts.batcher().grown())
                .filter(now -> planned.filter(now::like).isEmpty());
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
     * Opens a session on each device, on all at a time, and reads the task's files on the calling thread meanwhile.
     *
     * @throws dev.headroom.model.BrokenModelException when a session does not open, or a file cannot be read
     */
    void open(List<ServedDevice> devices, Preparation preparation) {
        opened(devices.stream().map(device -> device.open(spec, plan())).toList(), preparation);
    }

    /** The same while other models serve: their batches run meanwhile. */
    void openBeside(List<ServedDevice> devices, Preparation preparation) {
        opened(devices.stream().map(device -> device.openBeside(spec, plan())).toList(), preparation);
    }

    private void opened(List<CompletableFuture<Opened>> opening, Preparation preparation) {
        CompletableFuture<TaskFiles> read = CompletableFuture.supplyAsync(this::files, Runnable::run);
        List<Opened> opened = DeviceThread.joinAll(opening); // all have ended, so that all can be closed
        task = new ModelTask(DeviceThread.join(read), opened.getFirst().model(), preparation);
        sessions = opened.stream()
                .map(one -> DeviceSession.of(one, task, this::plan, first -> plan(one.device(), first)))
                .toList();
    }

    private TaskFiles files() {
        if (files == null) {
            files = TaskFiles.read(spec.task());
        }
        return files;
    }

    /** Runs the first batch, on all devices at a time. */
    void warmUp() {
        DeviceThread.joinAll(sessions.stream()
                .map(session -> session.device().alone(() -> task.warmUp(session.calibrator())))
                .toList());
    }

    /**
     * Runs the longest row on one of its devices, in its turn among the batches of callers.
     *
     * @throws IllegalStateException when the device is lost
     */
    void warmUpLongest(DeviceSession session) throws InterruptedException {
        session.device().gate().call(() -> {
            task.warmUpLongest(session.calibrator());
            return null;
        });
        serving.ifPresent(parts -> task.longestThatRan().ifPresent(parts.batcher()::ranOn));
    }

    /** Makes its batcher and pipeline; batches begin at the limits that an earlier process learned. */
    void serve(MeterRegistry registry) {
        BatchMeters meters = new BatchMeters(registry, name());
        List<Placement> placements =
                sessions.stream().map(DeviceSession::placement).toList();
        Batcher batcher = new Batcher(placements, plan(), meters);
        limits.recall().ifPresent(batcher::restore);
        serving = Optional.of(new Serving(meters, batcher));
        pipeline.open(task, batcher);
        new PlanMeters(this).bindTo(registry);
    }

    /** Batches that are formed from now on follow the plan in force. */
    void followPlan() {
        serving.ifPresent(parts -> parts.batcher().follow(plan()));
    }

    /** Counts the batches of a calibration for the prediction, as the device counts them for its peak. */
    void predicted(Calibration measured) {
        plan().profile()
                .ifPresent(profile -> measured.samples()
                        .forEach(sample -> serving.orElseThrow()
                                .meters()
                                .predicted(profile.batchBytes(sample.batch(), sample.length()))));
    }

    /**
     * Waits until all that was admitted is answered; batches close at once meanwhile. The caller has closed the entrance.
     *
     * @param longest the longest wait
     */
    void drain(Duration longest) throws InterruptedException {
        if (serving.isEmpty()) {
            return;
        }
        Batcher batcher = serving.get().batcher();
        batcher.drain();
        long start = System.nanoTime();
        while (batcher.idle().isNegative() && System.nanoTime() - start < longest.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
    }

    /**
     * Closes the model: ends its batcher, keeps what it learned, and closes its sessions. Waits for a device that hangs no
     * longer than {@link ServedDevice#close}.
     */
    void close(List<ServedDevice> devices) {
        pipeline.close();
        keepLearnedAtLast();
        devices.forEach(device -> device.close(name()));
        sessions = List.of();
        serving = Optional.empty();
    }
}
