package dev.headroom.serving;

import dev.headroom.batch.Batcher;
import dev.headroom.gate.Gates;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.NativeHeap;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * The models on the devices: opens and closes them, and keeps them to the plan in force.
 *
 * <p>Any thread may read, and never waits. A thread that opens or closes a model, or has the plan followed, holds this
 * object's lock, and waits meanwhile until nothing runs on a device. That cannot deadlock: neither a device's thread nor a
 * batcher's ever takes the lock. A device that hangs holds the lock up, but no caller and no watch.
 */
public final class ServedModels {

    private static final int TIMEOUTS_OF_A_HUNG_RUN = 5;
    private static final Duration SHORTEST_HANG = Duration.ofMinutes(2);
    private static final Duration NEVER_CALLED = Duration.ofDays(1);

    private final LivePlan plan;
    private final List<ServedDevice> devices;
    private final Gates gates;
    private final Preparation preparation;
    private volatile Map<String, Pipeline> pipelines = Map.of();
    private MeterRegistry registry;
    private IntConsumer fetches = count -> {};

    /**
     * The models of a plan, none of which is open yet.
     *
     * @param devices every model is open on each; on the first they are measured
     * @param preparation makes items ready
     */
    public ServedModels(LivePlan plan, List<ServedDevice> devices, Preparation preparation) {
        this.plan = plan;
        this.devices = devices;
        this.gates = new Gates(devices.stream().map(ServedDevice::gate).toList());
        this.preparation = preparation;
    }

    /**
     * Opens all models, on all devices at a time. All are opened before the first of them runs: the first run takes the
     * whole arena, and ONNX Runtime does not enforce a cap that weights exceed which come later.
     */
    public synchronized void open() {
        plan.models().forEach(model -> model.open(devices, preparation));
    }

    /** Runs the first batches of all models. */
    public synchronized void warmUp() {
        plan.models().forEach(ServedModel::warmUp);
    }

    /**
     * Serves all models, which are open and warm.
     *
     * @param meters takes the models' meters
     * @param downloads is told how many inputs are downloaded at a time
     */
    public synchronized void serve(MeterRegistry meters, IntConsumer downloads) throws InterruptedException {
        registry = meters;
        fetches = downloads;
        plan.models().forEach(model -> model.serve(registry));
        show();
        plan.opened(devices.getFirst().memory().heldBytes());
        follow();
    }

    /**
     * Opens one more model while the others serve, and serves it. The others' limits make room for it first.
     *
     * @throws dev.headroom.settings.PlanRefusedException when there is no plan with this model too
     * @throws dev.headroom.model.BrokenModelException when the model cannot be opened or does not run
     */
    public synchronized void open(ModelSpec spec) throws InterruptedException {
        ServedModel model = plan.add(List.of(spec)).getFirst();
        try {
            follow();
            model.open(devices, preparation);
            model.warmUp();
            model.serve(registry);
        } catch (RuntimeException | Error | InterruptedException e) {
            plan.remove(model);
            model.close(devices, registry);
            follow();
            throw e;
        }
        show();
        if (devices.getFirst().opensAlone()) {
            openAlone();
        } else {
            follow();
        }
    }

    /**
     * Closes a model while the others serve: its callers are answered, and the others may use its memory. It is no longer
     * among the {@link #pipelines} when this begins, so that no new request finds it.
     *
     * @throws NoSuchElementException when there is none of this name
     */
    public synchronized void close(String name) throws InterruptedException {
        ServedModel model = plan.models().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        plan.remove(model);
        show();
        model.close(devices, registry);
        follow();
    }

    private void show() {
        Map<String, Pipeline> shown = new TreeMap<>();
        plan.models().forEach(model -> model.pipeline().ifPresent(pipeline -> shown.put(model.name(), pipeline)));
        pipelines = shown;
    }

    /** The pipelines of the models that are served, by the models' names, in alphabetical order. */
    public Map<String, Pipeline> pipelines() {
        return pipelines;
    }

    /** The gates of the devices. */
    public Gates gates() {
        return gates;
    }

    /** The devices, the one that the plan is for first. */
    public List<ServedDevice> devices() {
        return devices;
    }

    LivePlan plan() {
        return plan;
    }

    /** The plan in force, with what was learned and how many devices serve; waits for no device. */
    public PlanReport report() {
        return plan.report().serving(gates.serving().size());
    }

    /** Keeps what has been learned since the last time, for the next start. */
    void keepLearned() {
        plan.models().forEach(ServedModel::keepLearned);
    }

    /** Keeps it when the process ends. */
    void keepLearnedAtLast() {
        plan.models().forEach(ServedModel::keepLearnedAtLast);
    }

    private Stream<Batcher> batchers() {
        return plan.models().stream().flatMap(model -> model.batcher().stream());
    }

    /** The reason why only a restart of the process brings a device back; empty while all is well. */
    Optional<String> defect(ServedDevice device) {
        return device.alive()
                ? batchers()
                        .flatMap(batcher -> batcher.defect(device.gate()).stream())
                        .findFirst()
                : Optional.of("a thread of the device has ended");
    }

    /** The longest that a run may take before the device counts as hung. */
    Duration longestRun() {
        return batchers()
                .map(batcher -> batcher.timeout().multipliedBy(TIMEOUTS_OF_A_HUNG_RUN))
                .reduce(SHORTEST_HANG, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    /** The time since the last answer; negative while a caller waits for one. */
    Duration idle() {
        return batchers().map(Batcher::idle).reduce(NEVER_CALLED, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    /** The most that the batches so far were predicted to take of a device, all models included. */
    long predictedBytes(ServedDevice device) {
        long bases = plan.models().stream()
                .mapToLong(model -> model.planned().model().baseBytes())
                .sum();
        long most = plan.models().stream()
                .flatMap(model -> model.meters().stream())
                .mapToLong(meters -> meters.predictedPeak())
                .max()
                .orElse(0);
        return bases + device.gate().lanes() * most;
    }

    /** The batches so far that were as large as can be. */
    long fullBatches() {
        return plan.models().stream()
                .flatMap(model -> model.meters().stream())
                .mapToLong(meters -> meters.fullBatches())
                .sum();
    }

    /** Opens the sessions for lone items, on every device; called in a lull, because nothing else runs meanwhile. */
    synchronized void openAlone() throws InterruptedException {
        for (ServedDevice device : devices) {
            device.openAlone(plan.most(Plan::lanes), sessions(device));
        }
        follow();
    }

    /** Puts a changed plan in force for every model: they share the memory and the lanes. */
    synchronized void follow() throws InterruptedException {
        int lanes = plan.most(Plan::lanes);
        if (lanes > devices.getFirst().gate().lanes()) {
            plan.models().forEach(ServedModel::followPlan); // each lane's batch gets less memory before there are more
        }
        for (ServedDevice device : devices) {
            device.follow(lanes, sessions(device));
        }
        plan.models().forEach(ServedModel::followPlan);
        preparation.resize(plan.most(Plan::workers));
        fetches.accept(plan.most(Plan::fetches));
        NativeHeap.trim();
    }

    private List<DeviceSession> sessions(ServedDevice device) {
        return plan.models().stream()
                .flatMap(model -> model.sessions().stream())
                .filter(session -> session.device() == device)
                .toList();
    }

    /** Ends the sessions, after what the devices' threads still have to do, and no later because several hang. */
    public void close() {
        DeviceThread.joinAll(devices.stream()
                .map(device -> CompletableFuture.runAsync(device::close, Thread::startVirtualThread))
                .toList());
    }
}
