package dev.headroom.serving;

import dev.headroom.measured.Calibration;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Residency;
import dev.headroom.plan.Setting;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

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
    private volatile List<ServedModel> models = List.of(); // those that are open, in the order of their names

    /**
     * The first plan, from what earlier starts have measured and from what the models' folders declare. It holds the
     * models that are opened at the start: those that must be, and of the others those that fit, in the folder's order.
     *
     * @throws PlanRefusedException when not even one item of a model fits, or not all fit that are to be open at the start
     */
    public LivePlan(Machine machine, List<ModelSpec> specs, HeadroomConfig config) {
        boolean calibrates = config.calibration() != CalibrationMode.OFF;
        Planner.Host host = new Planner.Host(
                machine.hardware().host().cores(), Runtime.getRuntime().maxMemory());
        Planner planner = new Planner(machine.device(), host, config);
        StateFolder state = StateFolder.of(config.stateDir(), machine, planner, specs.size());
        this.machine = machine;
        List<ModelSpec> batched =
                specs.stream().filter(spec -> !spec.generates()).toList();
        generating = GeneratingModels.of(specs, machine, config);
        device = new CurrentDevice(planner.beside(generating.share(
                planner.availableBytes(specs.size()),
                () -> batched.stream().mapToLong(ModelSpec::weightBytes).sum())));
        unlike = new UnlikePlans(state, host, config);
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
        return new Residency(device.planner().batchBytes(), idle);
    }

    /** The models that are open, or about to be. */
    List<HostedModel> planned() {
        return hosted.all().stream()
                .filter(model -> models.containsAll(model.graphs()))
                .toList();
    }

    /** The graphs of the models that are open, or about to be, in the order of their names. */
    List<ServedModel> models() {
        return models;
    }

    /**
     * Plans for this model too. The plans of the others change with it.
     *
     * @throws PlanRefusedException when there is no such plan; the plan in force stays
     */
    synchronized void admit(HostedModel model) {
        List<ServedModel> all = Stream.concat(models.stream(), model.graphs().stream())
                .sorted(Comparator.comparing(ServedModel::name))
                .toList();
        List<ModelPlan> together = plans.plan(all);
        models = all;
        plans.force(all, together, models);
        model.standing().move(ModelState.OPENING, "it is being opened");
    }

    /** Plans without this model: the others share the memory. */
    synchronized void remove(HostedModel model) {
        models =
                models.stream().filter(graph -> !model.graphs().contains(graph)).toList();
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
        if (models.stream().anyMatch(model -> model.demand().calibration().isPresent())) {
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
        return device.follow(grownBytes, sessions(), () -> replan());
    }

    /**
     * Plans anew with what was measured of a model; one that is closed as if it were alone.
     *
     * @return false where there is no such plan; the one in force stays
     */
    synchronized boolean calibrate(ServedModel measured, Calibration calibration) {
        List<ServedModel> together = models.contains(measured) ? models : List.of(measured);
        return plans.replan(
                together, model -> model == measured ? model.demand().calibrated(calibration) : model.demand(), models);
    }

    /** The same for a device that differs from the one that the models' plans are for, and for those like it. */
    synchronized void calibrateUnlike(ServedModel model, DeviceAccess other, Calibration calibration) {
        unlike.measured(model, other, calibration);
        unlike.force(models);
        unlike.log(model, other);
    }

    private boolean replan() {
        return plans.replan(models, ServedModel::demand, models);
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

    /** The largest of the models' values of a setting that they share; 1 where there is no model. */
    public int most(Function<Plan, Setting> setting) {
        return models.stream()
                .mapToInt(model -> setting.apply(model.plan()).asInt())
                .max()
                .orElse(1);
    }

    /**
     * The most bytes that batches of a model may fill on a device, the model included.
     *
     * @param baseBytes what the model itself takes there
     */
    synchronized long budgetBytes(ServedModel model, DeviceAccess on, long baseBytes) {
        return plans.budgetBytes(models, model, on, baseBytes);
    }

    /** The most bytes that the models that are planned may take of the device of this number together. */
    public long availableBytes(int number) {
        return plans.planner(number).availableBytes(sessions());
    }

    /** The same of the device that the models' plans are for. */
    public long availableBytes() {
        return device.planner().availableBytes(sessions());
    }

    /** Sessions that are open, or about to be; at least one. */
    private int sessions() {
        return Math.max(1, models.size());
    }
}
