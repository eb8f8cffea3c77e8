package dev.headroom.serving;

import dev.headroom.measured.Calibration;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Residency;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The plan in force, for all models together. It is derived before anything is opened, and again whenever a model has
 * been measured, or comes or goes.
 *
 * <p>Any thread may read, and never waits. A thread that plans holds this object's lock, and may read the state folder
 * meanwhile. It cannot deadlock: it waits for no device and takes no other lock.
 */
public final class LivePlan {

    private final Machine machine;
    private final CurrentDevice device;
    private final UnlikePlans unlike;
    private final DevicePlans plans;
    private final GeneratingModels generating;
    private final HostedModels hosted;
    private final Measurements measurements;
    private final Optional<Duration> idle;
    private volatile PlannedGraphs graphs = PlannedGraphs.NONE;

    /**
     * The first plan, from what earlier starts have measured and from what the models' folders declare. It holds the
     * models that are opened at the start: those that must be, and of the others those that fit, in the folder's order.
     *
     * @param folder keeps what was measured; empty where nothing is read or kept
     * @throws PlanRefusedException when not even one item of a model fits, or not all fit that are to be open at the start
     */
    public LivePlan(Machine machine, List<ModelSpec> specs, HeadroomConfig config, Optional<Path> folder) {
        boolean calibrates = config.calibration() != CalibrationMode.OFF;
        Planner.Host host = machine.host();
        Planner planner = new Planner(machine.device(), host, config);
        StateFolder state = StateFolder.of(folder, machine, planner, specs.size());
        this.machine = machine;
        List<ModelSpec> batched =
                specs.stream().filter(spec -> !spec.generates()).toList();
        generating = GeneratingModels.of(specs, machine, config);
        device = new CurrentDevice(generating.planBeside(OptionalInt.empty(), planner, batched));
        unlike = new UnlikePlans(
                state, (number, other) -> generating.planBeside(number, new Planner(other, host, config), batched));
        generating.check();
        plans = new DevicePlans(device, unlike);
        idle = config.idle();
        hosted = HostedModels.of(
                batched, device.planner(), state, calibrates ? CalibrationStatus.PENDING : CalibrationStatus.OFF);
        measurements = new Measurements(this, state, unlike);
        if (calibrates) {
            measurements.recall(hosted.graphs());
        }
        new StartChoice(this).admit();
    }

    /** The device that the models' plans are for, as it is now. */
    CurrentDevice device() {
        return device;
    }

    /** The models that generate text. */
    public GeneratingModels generating() {
        return generating;
    }

    /** The models that run batches, open or not. */
    HostedModels hosted() {
        return hosted;
    }

    /** The measurements of the models. */
    Measurements measurements() {
        return measurements;
    }

    /** Decides which models are open. */
    Residency residency() {
        return new Residency(plans.batchBytes(), idle);
    }

    /** The models that are open, or about to be. */
    List<HostedModel> planned() {
        return graphs.whole(hosted.all());
    }

    /** The graphs of the models that are open, or about to be. */
    public PlannedGraphs graphs() {
        return graphs;
    }

    /**
     * Plans for this model too. The plans of the others change with it.
     *
     * @throws PlanRefusedException when there is no such plan; the plan in force stays
     */
    synchronized void admit(HostedModel model) {
        PlannedGraphs more = graphs.with(model);
        List<ModelPlan> together = plans.plan(more.all());
        graphs = more;
        plans.force(more.all(), together, more.all());
        model.standing().move(ModelState.OPENING, "it is being opened");
    }

    /** Plans without this model: the others share the memory. */
    synchronized void remove(HostedModel model) {
        graphs = graphs.without(model);
        replan();
    }

    /** From now on models come and go: the lanes stay as many as they are. */
    synchronized void keepLanes(int lanes) {
        device.keepLanes(lanes);
    }

    /**
     * Plans anew once the models are open: on a CPU the memory that they and the JVM took beside the arena is known
     * now.
     *
     * @param heldBytes memory of the arena that the models hold
     */
    synchronized void opened(long heldBytes) {
        device.readFree(heldBytes);
        if (graphs.all().stream().anyMatch(model -> model.demand().calibration().isPresent())) {
            replan();
        }
    }

    /**
     * Follows what other processes hold of a GPU, where that has changed by a lot. Waits for no device.
     *
     * @param grownBytes what they hold more than at the start
     * @return true if the plan has changed
     */
    synchronized boolean follow(long grownBytes) {
        return device.follow(grownBytes, graphs.sessions(), () -> replan());
    }

    /**
     * Plans anew with what was measured of a model; one that is closed as if it were alone.
     *
     * @return false where there is no such plan; the one in force stays
     */
    synchronized boolean calibrate(ServedModel measured, Calibration calibration) {
        List<ServedModel> open = graphs.all();
        List<ServedModel> together = open.contains(measured) ? open : List.of(measured);
        return plans.replan(
                together, model -> model == measured ? model.demand().calibrated(calibration) : model.demand(), open);
    }

    /** The same for a device that differs from the one that the models' plans are for, and for those like it. */
    synchronized void calibrateUnlike(ServedModel model, DeviceAccess other, Calibration calibration) {
        unlike.measured(model, other, calibration, graphs.all());
    }

    private boolean replan() {
        return plans.replan(graphs.all(), ServedModel::demand, graphs.all());
    }

    /**
     * Everything about the plan in force.
     *
     * @param othersBytes what other processes hold of the device, as far as is known
     */
    public PlanReport report(long othersBytes) {
        CardReport card =
                CardReport.of(device.planner().totalBytes(), availableBytes(), othersBytes, hosted.statuses());
        return new PlanReport(machine.hardware(), machine.device(), hosted.reports(), generating.reports(), card);
    }

    /**
     * The most bytes that batches of a model may fill on a device, the model included.
     *
     * @param baseBytes what the model itself takes there
     */
    synchronized long budgetBytes(ServedModel model, DeviceAccess on, long baseBytes) {
        return plans.budgetBytes(graphs.all(), model, on, baseBytes);
    }

    /** The most bytes that the models that are planned may take of the device of this number together. */
    public long availableBytes(int number) {
        return plans.planner(number).availableBytes(graphs.sessions());
    }

    /** The same of the device that the models' plans are for. */
    public long availableBytes() {
        return device.planner().availableBytes(graphs.sessions());
    }
}
