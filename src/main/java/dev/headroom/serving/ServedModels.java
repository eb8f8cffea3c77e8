package dev.headroom.serving;

import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.serving.ServedModel.Serving;
import dev.headroom.session.NativeHeap;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
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
    private volatile Catalog catalog = Catalog.EMPTY;
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
    }

    /**
     * Opens all models, on all devices at a time. All are opened before the first of them runs: the first run takes the
     * whole arena, and ONNX Runtime does not enforce a cap that weights exceed which come later.
     *
     * @throws dev.headroom.model.BrokenModelException when a model cannot be opened
     * @throws PlanRefusedException when the models leave no memory for a batch
     */
    public synchronized void open() {
        plan.models().forEach(model -> model.open(devices.all(), preparation));
        devices.checkRoom(plan.availableBytes());
    }

    /** Runs the first batch of each model. */
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
        plan.opened(devices.first().memory().heldBytes());
        follow();
    }

    /**
     * Opens one more model while the others serve, on every device that is not lost, and serves it. The others' limits
     * make room for it first.
     *
     * @param graphs the graphs of the model's folder
     * @throws IllegalStateException when a model of one of its names is open
     * @throws PlanRefusedException when there is no plan with this model too, or it leaves no memory for a batch
     * @throws dev.headroom.model.BrokenModelException when the model cannot be opened or does not run
     */
    public synchronized void open(List<ModelSpec> graphs) throws InterruptedException {
        graphs.forEach(this::checkNew);
        List<ServedModel> added = plan.add(graphs);
        try {
            follow();
            added.forEach(model -> model.open(devices.serving(), preparation));
            devices.checkRoom(plan.availableBytes());
            added.forEach(ServedModel::warmUp);
            for (ServedModel model : added) {
                for (DeviceSession session : model.sessions()) {
                    model.warmUpLongest(session);
                }
            }
            added.forEach(model -> model.serve(registry));
        } catch (RuntimeException | Error | InterruptedException e) {
            remove(added);
            throw e;
        }
        show();
        if (devices.first().opensAlone()) {
            openAlone();
        } else {
            follow();
        }
    }

    private void checkNew(ModelSpec spec) {
        Stream.concat(Stream.of(spec.name()), spec.names().stream())
                .filter(name -> catalog.named(name).isPresent())
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalStateException("The model %s is open already".formatted(name));
                });
    }

    /**
     * Closes a model while the others serve: its callers are answered, and the others may use its memory. It is no
     * longer in the {@link #catalog} when this begins, so that no new request finds it.
     *
     * @param name the name of its folder, or an alias
     * @throws NoSuchElementException when there is none of this name
     */
    public synchronized void close(String name) throws InterruptedException {
        List<ServedModel> closed = plan.models().stream()
                .filter(model -> model.names().contains(name))
                .toList();
        if (closed.isEmpty()) {
            throw new NoSuchElementException(name);
        }
        remove(closed);
    }

    private void remove(List<ServedModel> closed) throws InterruptedException {
        closed.forEach(plan::remove);
        show();
        for (ServedModel model : closed) {
            model.close(devices.serving(), registry);
        }
        follow();
    }

    private void show() {
        catalog = Catalog.of(plan.models());
    }

    /** The models that are served. */
    public Catalog catalog() {
        return catalog;
    }

    /** The devices that every model is open on. */
    public ServedDevices devices() {
        return devices;
    }

    LivePlan plan() {
        return plan;
    }

    /** The plan in force, with what was learned and how many devices serve; waits for no device. */
    public PlanReport report() {
        return plan.report().serving(devices.gates().serving().size());
    }

    /** The parts of the models that are served. */
    Stream<Serving> served() {
        return plan.models().stream().flatMap(model -> model.serving().stream());
    }

    /** The time since the last answer; negative while a caller waits for one. */
    Duration idle() {
        return served().map(parts -> parts.batcher().idle()).reduce(NEVER_CALLED, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    /** Opens the sessions for lone items, on every device; called in a lull, because nothing else runs meanwhile. */
    synchronized void openAlone() throws InterruptedException {
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

    /** Plans with the batches that growth under load has reached, and keeps them; waits for no device. */
    void keepGrown() {
        for (ServedModel model : plan.models()) {
            model.grown().ifPresent(reached -> {
                plan.grown(model, reached);
                followBatches();
            });
        }
    }

    /** Ends the devices' threads, after the tasks that they still have, and then the sessions. */
    public void close() {
        devices.close();
    }
}
