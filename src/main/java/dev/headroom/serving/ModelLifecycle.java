package dev.headroom.serving;

import dev.headroom.plan.Plan;
import dev.headroom.session.NativeHeap;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Opens and closes models, and keeps their sessions and the devices' lanes to the plan in force.
 *
 * <p>A thread that calls holds this object's lock, and waits meanwhile until nothing runs on a device. That cannot
 * deadlock: neither a device's thread nor a batcher's ever takes the lock. A device that hangs holds the lock up, but no
 * caller and no watch.
 */
public final class ModelLifecycle {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final LivePlan plan;
    private final ServedDevices devices;
    private final LiveLimits limits;
    private final Preparation preparation;
    private final Semaphore opened = new Semaphore(0); // a permit for each model that was opened on demand
    private final Map<HostedModel, Long> started = new HashMap<>(); // nanoseconds that the sessions took to open
    private MeterRegistry registry;

    ModelLifecycle(LivePlan plan, ServedDevices devices, LiveLimits limits, Preparation preparation) {
        this.plan = plan;
        this.devices = devices;
        this.limits = limits;
        this.preparation = preparation;
    }

    /**
     * Opens the models of the plan, on all devices at a time. All are opened before the first of them runs: the first run
     * takes the whole arena, and ONNX Runtime does not enforce a cap that weights exceed which come later.
     *
     * @throws dev.headroom.model.file.BrokenModelException when a model cannot be opened
     * @throws PlanRefusedException when the models leave no memory for a batch
     */
    public synchronized void open() {
        for (HostedModel model : plan.planned()) {
            model.standing().move(ModelState.OPENING, "");
            long start = System.nanoTime();
            model.graphs().forEach(graph -> graph.sessions().open(devices.all(), preparation));
            started.put(model, System.nanoTime() - start);
        }
        PlannedGraphs graphs = plan.graphs();
        plan.generating().open(devices, graphs.most(Plan::threads), graphs.all().isEmpty());
        devices.checkRoom(plan.availableBytes());
    }

    /** Runs the first batch of each model. */
    public synchronized void warmUp() {
        plan.generating().warmUp();
        for (HostedModel model : plan.planned()) {
            long start = System.nanoTime();
            model.graphs().forEach(graph -> graph.sessions().warmUp());
            noteOpening(model, started.get(model) + System.nanoTime() - start);
        }
    }

    /** Serves all models of the plan, which are open and warm, with meters in this registry. */
    synchronized void serve(MeterRegistry meters) throws InterruptedException {
        registry = meters;
        plan.graphs().all().forEach(model -> model.serve(registry));
        plan.generating().serve(devices, registry);
        plan.opened(devices.first().memory().heldBytes());
        follow();
        plan.planned().forEach(HostedModel::opened);
    }

    /**
     * Opens a model that is closed while the others serve, on every device that is not lost, and serves it. The others'
     * limits make room for it first. A batch waits for one batch at most.
     *
     * @throws PlanRefusedException when there is no plan with this model too, or it leaves no memory for a batch
     * @throws dev.headroom.model.file.BrokenModelException when the model cannot be opened or does not run
     */
    synchronized void open(HostedModel model) throws InterruptedException {
        if (model.standing().state() != ModelState.CLOSED) {
            return;
        }
        long start = System.nanoTime();
        model.standing().move(ModelState.OPENING, "it is being opened");
        keepLanes();
        try {
            plan.admit(model);
            follow();
            openBeside(model);
            model.graphs().forEach(graph -> graph.serve(registry));
        } catch (RuntimeException | Error | InterruptedException e) {
            remove(model);
            model.standing().move(ModelState.CLOSED, "its opening failed");
            throw e;
        }
        noteOpening(model, System.nanoTime() - start);
        follow();
        model.opened();
        opened.release();
    }

    private void openBeside(HostedModel model) throws InterruptedException {
        if (devices.serving().isEmpty()) {
            throw new IllegalStateException("no device is left");
        }
        for (ServedModel graph : model.graphs()) {
            graph.sessions().openBeside(devices.serving(), preparation);
        }
        devices.checkRoom(plan.availableBytes());
        model.graphs().forEach(graph -> graph.sessions().warmUp());
        for (ServedModel graph : model.graphs()) {
            for (DeviceSession session : graph.sessions().all()) {
                graph.warmUpLongest(session);
            }
        }
    }

    private void noteOpening(HostedModel model, long nanos) {
        model.measured(nanos).forEach(plan.measurements()::opened);
    }

    /** Waits until a model was opened on demand; false if the thread was interrupted. Takes no lock. */
    boolean awaitOpening() {
        try {
            opened.acquire(Math.max(1, opened.availablePermits()));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Closes a model while the others serve, once all that was admitted is answered. Requests that come meanwhile wait until
     * it is open again.
     */
    synchronized void evict(HostedModel model, String reason) throws InterruptedException {
        if (model.standing().state() != ModelState.OPEN) {
            return;
        }
        keepLanes();
        model.standing().move(ModelState.CLOSING, reason);
        model.entrance().close();
        for (Serving serving : model.serving().toList()) {
            serving.drain();
        }
        remove(model);
        model.counters().evicted();
        model.standing().move(ModelState.CLOSED, reason);
    }

    /** Gives back all that an open model holds. */
    private void remove(HostedModel model) throws InterruptedException {
        plan.remove(model);
        for (ServedModel graph : model.graphs()) {
            graph.close(devices.serving());
            ResidencyMeters.removeOthers(graph, registry);
        }
        follow();
    }

    /** From the first change on the lanes stay as they are, so that no session of another model opens anew. */
    private void keepLanes() {
        if (!plan.graphs().all().isEmpty()) {
            plan.keepLanes(devices.first().gate().lanes());
        }
    }

    /** Opens the sessions for lone items, on every device; called in a lull, because nothing else runs meanwhile. */
    synchronized void openAlone() throws InterruptedException {
        if (plan.planned().size() < plan.hosted().all().size()) {
            return; // those that are closed need the memory more
        }
        try {
            devices.openAlone(plan.graphs().most(Plan::lanes), plan.graphs().all());
            follow();
        } catch (RuntimeException e) {
            LOG.warnf("A lone item is not run on all cores: %s", e.getMessage());
        }
    }

    /** Puts a changed plan in force for every model: they share the memory and the lanes. */
    synchronized void follow() throws InterruptedException {
        PlannedGraphs graphs = plan.graphs();
        int lanes = graphs.most(Plan::lanes);
        if (lanes > devices.first().gate().lanes()) {
            graphs.all().forEach(ServedModel::followPlan); // each lane's batch gets less memory before there are more
        }
        devices.follow(lanes, graphs.all());
        limits.follow();
        NativeHeap.trim();
    }
}
