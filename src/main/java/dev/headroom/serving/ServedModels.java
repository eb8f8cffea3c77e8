package dev.headroom.serving;

import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * The models and the devices that they are open on. Any thread may read, and never waits; {@link ModelLifecycle} opens and
 * closes the models, {@link Openings} decides when.
 */
public final class ServedModels {

    private static final Duration NEVER_CALLED = Duration.ofDays(1);

    private final LivePlan plan;
    private final ServedDevices devices;
    private final LiveLimits limits;
    private final ModelLifecycle lifecycle;
    private final Openings openings;
    private final Catalog catalog;

    /**
     * The models of a plan, none of which is open yet.
     *
     * @param devices the devices, the one that the plan is for first
     * @param preparation makes items ready
     */
    public ServedModels(LivePlan plan, List<ServedDevice> devices, Preparation preparation) {
        this.plan = plan;
        this.devices = new ServedDevices(List.copyOf(devices));
        this.limits = new LiveLimits(plan, this.devices.first(), preparation);
        this.lifecycle = new ModelLifecycle(plan, this.devices, limits, preparation);
        this.openings = new Openings(plan, lifecycle);
        this.catalog = Catalog.of(plan.hosted().all());
    }

    /**
     * Serves all models that are open and warm. From now on others are opened on demand.
     *
     * @param meters takes the models' meters
     * @param downloads is told how many inputs are downloaded at a time
     */
    public void serve(MeterRegistry meters, IntConsumer downloads) throws InterruptedException {
        limits.tell(downloads);
        lifecycle.serve(meters);
        openings.start();
    }

    /** The lifecycle that opens and closes the models. */
    public ModelLifecycle lifecycle() {
        return lifecycle;
    }

    /** The openings that happen on demand. */
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

    /** Why only a restart of the process helps: no device is left, or none for a model; empty while all are served. */
    public Optional<String> defect() {
        return devices.gates().lost().or(() -> generating().defect());
    }

    LivePlan plan() {
        return plan;
    }

    /** The limits that follow the plan at once. */
    LiveLimits limits() {
        return limits;
    }

    /** The model of this name, an alias or the name of a graph, with its state; empty where there is none. */
    Optional<ModelStatus> status(String name) {
        return plan.hosted().named(name).map(ModelStatus::of);
    }

    /** The plan in force, with what was learned and how many devices serve; waits for no device. */
    public PlanReport report() {
        return plan.report(devices.first().others().bytes())
                .serving(devices.gates().serving().size());
    }

    /** The parts of the models that are served. */
    Stream<Serving> served() {
        return plan.graphs().all().stream().flatMap(model -> model.serving().stream());
    }

    /** The time since the last answer; negative while a caller waits for one. */
    Duration idle() {
        if (plan.generating().busy()) {
            return Duration.ofNanos(-1);
        }
        return served().map(parts -> parts.batcher().idle()).reduce(NEVER_CALLED, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    /** Plans with what other processes leave of the device, where that has changed by a lot; asks the driver. */
    void followOthers() {
        if (limits.followOthers()) {
            openings.wake();
        }
    }

    /** Ends the openings and the devices' threads, after the tasks that they still have, and then the sessions. */
    public void close() {
        openings.close();
        plan.generating().close();
        devices.close();
    }
}
