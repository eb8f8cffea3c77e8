package dev.headroom.serving;

import dev.headroom.plan.Plan;
import dev.headroom.serving.ServedModel.Serving;
import dev.headroom.session.NativeHeap;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The models on the devices: opens and closes them, and keeps them to the plan in force.
 *
 * <p>Any thread may read, and never waits. A thread that opens or closes a model, or has the plan followed, holds this
 * object's lock, and waits meanwhile until nothing runs on a device. That cannot deadlock: neither a device's thread
 * nor a batcher's ever takes the lock. A device that hangs holds the lock up, but no caller and no watch.
 */
public final class ServedModels {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration NEVER_CALLED = Duration.ofDays(1);

    private final LivePlan plan;
    private final ServedDevices devices;
    private final Preparation preparation;
    private final Openings openings;
    private final Semaphore opened = new Semaphore(0); // a permit for each model that was opened on demand
    private final Map<HostedModel, Long> started = new HashMap<>(); // nanoseconds that the sessions took to open
    private final Catalog catalog;
    private MeterRegistry registry;
    private volatile IntConsumer fetches = count -> {};

    /**
     * The models of a plan, none of which is open yet.
     *
     * @param devices the devices, the one that the plan is for first
     * @param preparation makes items ready
     */
    public ServedModels(LivePlan plan, List<ServedDevice> devices, Preparation preparation) {
        this.plan = plan;
        this.devices = new ServedDevices(List.copyOf(devices));
        this.preparation = preparation;
        this.openings = new Openings(this);
        this.catalog = Catalog.of(plan.hosted().all());
    }

    /**
     * Opens the models of the plan, on all devices at a time. All are opened before the first of them runs: the first run
     * takes the whole arena, and ONNX Runtime does not enforce a cap that weights exceed which come later.
     *
     * @throws dev.headroom.model.BrokenModelException when a model cannot be opened
     * @throws PlanRefusedException when the models leave no memory for a batch
     */
    public synchronized void open() {
        for (HostedModel model : plan.planned()) {
            model.state(ModelState.OPENING, "");
            long start = System.nanoTime();
            model.graphs().forEach(graph -> graph.open(devices.all(), preparation));
            started.put(model, System.nanoTime() - start);
        }
        plan.generating()
                .open(devices.first(), plan.most(Plan::threads), plan.models().isEmpty());
        devices.checkRoom(plan.availableBytes());
    }

    /** Runs the first batch of each model. */
    public synchronized void warmUp() {
        plan.generating().warmUp(devices.first());
        for (HostedModel model : plan.planned()) {
            long start = System.nanoTime();
            model.graphs().forEach(ServedModel::warmUp);
            model.measured(started.get(model) + System.nanoTime() - start).forEach(plan.measurements()::opened);
        }
    }

    /**
     * Serves all models, which are open and warm. From now on others are opened on demand.
     *
     * @param meters takes the models' meters
     * @param downloads is told how many inputs are downloaded at a time
     */
    public synchronized void serve(MeterRegistry meters, IntConsumer downloads) throws InterruptedException {
        registry = meters;
        fetches = downloads;
        plan.models().forEach(model -> model.serve(registry));
        plan.generating().serve(devices.first(), registry);
        plan.opened(devices.first().memory().heldBytes());
        follow();
        plan.planned().forEach(HostedModel::opened);
        openings.start();
    }

    /**
     * Opens a model that is closed while the others serve, on every device that is not lost, and serves it. The others'
     * limits make room for it first. A batch waits for one batch at most.
     *
     * @throws PlanRefusedException when there is no plan with this model too, or it leaves no memory for a batch
     * @throws dev.headroom.model.BrokenModelException when the model cannot be opened or does not run
     */
    synchronized void open(HostedModel model) throws InterruptedException {
        if (model.state() != ModelState.CLOSED) {
            return;
        }
        long start = System.nanoTime();
        model.state(ModelState.OPENING, "it is being opened");
        keepLanes();
        try {
            plan.admit(model);
            follow();
            openBeside(model);
            model.graphs().forEach(graph -> graph.serve(registry));
        } catch (RuntimeException | Error | InterruptedException e) {
            remove(model);
            model.state(ModelState.CLOSED, "its opening failed");
            throw e;
        }
        model.measured(System.nanoTime() - start).forEach(plan.measurements()::opened);
        follow();
        model.opened();
        opened.release();
    }

    /** Waits until a model was opened on demand; false if the thread was interrupted. */
    boolean awaitOpening() {
        try {
            opened.acquire(Math.max(1, opened.availablePermits()));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void openBeside(HostedModel model) throws InterruptedException {
        if (devices.serving().isEmpty()) {
            throw new IllegalStateException("no device is left");
        }
        for (ServedModel graph : model.graphs()) {
            graph.openBeside(devices.serving(), preparation);
        }
        devices.checkRoom(plan.availableBytes());
        model.graphs().forEach(ServedModel::warmUp);
        for (ServedModel graph : model.graphs()) {
            for (DeviceSession session : graph.sessions()) {
                graph.warmUpLongest(session);
            }
        }
    }

    /** From the first change on the lanes stay as they are, so that no session of another model opens anew. */
    private void keepLanes() {
        if (!plan.models().isEmpty()) {
            plan.keepLanes(devices.first().gate().lanes());
        }
    }

    /**
     * Closes a model while the others serve, once all that was admitted is answered. Requests that come meanwhile wait until
     * it is open again.
     */
    synchronized void evict(HostedModel model, String reason) throws InterruptedException {
        if (model.state() != ModelState.OPEN) {
            return;
        }
        keepLanes();
        model.state(ModelState.CLOSING, reason);
        model.entrance().close();
        for (ServedModel graph : model.graphs()) {
            graph.drain(Duration.ofDays(1)); // each item has a deadline
        }
        remove(model);
        model.evicted();
        model.state(ModelState.CLOSED, reason);
    }

    /** Gives back all that an open model holds. Its counters stay, and go on when it is opened again. */
    private void remove(HostedModel model) throws InterruptedException {
        plan.remove(model);
        for (ServedModel graph : model.graphs()) {
            graph.close(devices.serving());
            registry.getMeters().stream()
                    .filter(meter -> graph.name().equals(meter.getId().getTag("model")))
                    .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE
                            && !meter.getId().getName().startsWith(ResidencyMeters.PREFIX))
                    .forEach(registry::remove);
        }
        follow();
    }

    /** The model of this name, an alias or the name of a graph, with its state; empty where there is none. */
    Optional<ModelStatus> status(String name) {
        return plan.hosted().named(name).map(HostedModel::status);
    }

    /** What opens and closes models on demand. */
    Openings openings() {
        return openings;
    }

    /** The models that requests may ask for, open or not. */
    public Catalog catalog() {
        return catalog;
    }

    /** The devices that every model is open on. */
    public ServedDevices devices() {
        return devices;
    }

    /** The models that generate text. */
    public GeneratingModels generating() {
        return plan.generating();
    }

    LivePlan plan() {
        return plan;
    }

    /** The plan in force, with what was learned and how many devices serve; waits for no device. */
    public PlanReport report() {
        return plan.report(devices.first().othersBytes())
                .serving(devices.gates().serving().size());
    }

    /** The parts of the models that are served. */
    Stream<Serving> served() {
        return plan.models().stream().flatMap(model -> model.serving().stream());
    }

    /** The time since the last answer; negative while a caller waits for one. */
    Duration idle() {
        if (plan.generating().busy()) {
            return Duration.ofNanos(-1);
        }
        return served().map(parts -> parts.batcher().idle()).reduce(NEVER_CALLED, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    /** Opens the sessions for lone items, on every device; called in a lull, because nothing else runs meanwhile. */
    synchronized void openAlone() throws InterruptedException {
        if (plan.planned().size() < plan.hosted().all().size()) {
            return; // those that are closed need the memory more
        }
        try {
            devices.openAlone(plan.most(Plan::lanes), plan.models());
            follow();
        } catch (RuntimeException e) {
            LOG.warnf("A lone item is not run on all cores: %s", e.getMessage());
        }
    }

    /** Puts a changed plan in force for every model: they share the memory and the lanes. */
    synchronized void follow() throws InterruptedException {
        int lanes = plan.most(Plan::lanes);
        if (lanes > devices.first().gate().lanes()) {
            plan.models().forEach(ServedModel::followPlan); // each lane's batch gets less memory before there are more
        }
        devices.follow(lanes, plan.models());
        followBatches();
        NativeHeap.trim();
    }

    /** Puts a changed plan in force as far as no session and no lane follows from it; waits for no device. */
    private void followBatches() {
        plan.models().forEach(ServedModel::followPlan);
        preparation.resize(plan.most(Plan::workers));
        fetches.accept(plan.most(Plan::fetches));
    }

    /** Plans with what other processes leave of the device, where that has changed by a lot; asks the driver. */
    void followOthers() {
        if (plan.follow(devices.first().readOthers())) {
            followBatches();
            openings.wake();
        }
    }

    /** Plans with the batches that growth under load has reached, and keeps them; waits for no device. */
    void keepGrown() {
        for (ServedModel model : plan.models()) {
            model.grown().ifPresent(reached -> {
                plan.measurements().grown(model, reached);
                followBatches();
            });
        }
    }

    /** Ends the openings and the devices' threads, after the tasks that they still have, and then the sessions. */
    public void close() {
        openings.close();
        plan.generating().close();
        devices.close();
    }
}
