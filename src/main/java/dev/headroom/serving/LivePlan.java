package dev.headroom.serving;

import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.StateKey;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Setting;
import dev.headroom.session.RunFailedException;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The plan in force, for all models together. It is derived before anything is opened, and again whenever a model has
 * been measured, or comes or goes.
 *
 * <p>Any thread may read, and never waits. A thread that plans holds this object's lock, and may read the state folder
 * meanwhile. It cannot deadlock: it waits for no device and takes no other lock.
 */
public final class LivePlan {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final StateFolder state;
    private final boolean calibrates;
    private final UnlikePlans unlike;
    private volatile Planner planner;
    private volatile List<ServedModel> models = List.of(); // in the order of their names

    /**
     * The first plan, from what earlier starts have measured and from what the models' folders declare.
     *
     * @param device the device that the plan is for, and all others but the unlike
     * @param unlike the devices that differ from it and have plans of their own, by their numbers
     */
    public LivePlan(
            Hardware hardware,
            ServingDevice device,
            Map<Integer, ServingDevice> unlike,
            List<ModelSpec> specs,
            HeadroomConfig config) {
        Planner.Host host =
                new Planner.Host(hardware.host().cores(), Runtime.getRuntime().maxMemory());
        planner = new Planner(device, host, config);
        state = StateFolder.of(config.stateDir(), hardware, device, planner, specs.size());
        this.unlike = new UnlikePlans(state, unlike, host, config);
        calibrates = config.calibration() != CalibrationMode.OFF;
        add(specs);
    }

    /**
     * Plans for these models too, from what earlier starts have measured of them. The plans of the others change with
     * it.
     *
     * @return the new models
     * @throws PlanRefusedException when there is no such plan; the plan in force stays
     */
    synchronized List<ServedModel> add(List<ModelSpec> specs) {
        List<ModelPlan> plans =
                planner.plan(Stream.concat(demands().stream(), specs.stream().map(ModelSpec::demand))
                        .toList());
        force(plans.subList(0, models.size()));
        List<ServedModel> added = new ArrayList<>();
        for (ModelSpec spec : specs) {
            added.add(planned(spec, plans.get(models.size() + added.size())));
        }
        models = Stream.concat(models.stream(), added.stream())
                .sorted(Comparator.comparing(ServedModel::name))
                .toList();
        if (calibrates) {
            added.forEach(model -> unlike.recall(model, models.size()));
        }
        unlike.force(models);
        if (calibrates) {
            added.forEach(this::recall);
        }
        return added;
    }

    private ServedModel planned(ModelSpec spec, ModelPlan plan) {
        StateKey key = state.key(spec, plan.plan().threads().asInt());
        spec.remarks().forEach(remark -> LOG.warnf("Model %s: %s", spec.name(), remark));
        CalibrationStatus status = calibrates ? CalibrationStatus.PENDING : CalibrationStatus.OFF;
        return new ServedModel(spec, key, state.limits(key), new ModelReport(spec.names(), plan, status));
    }

    /** Plans without this model: the others share the memory. */
    synchronized void remove(ServedModel model) {
        models = models.stream().filter(other -> other != model).toList();
        replan(demands());
    }

    /**
     * Plans anew once the models are open: on a CPU the memory that they and the JVM took beside the arena is known
     * now.
     *
     * @param heldBytes memory of the arena that the models hold
     */
    synchronized void opened(long heldBytes) {
        if (!state.device().gpu()) {
            planner = planner.free(Host.read().freeBytes() + heldBytes);
        }
        if (models.stream().anyMatch(model -> model.demand().calibration().isPresent())) {
            replan(demands());
        }
    }

    /** All models that are planned, in the order of their names. */
    List<ServedModel> models() {
        return models;
    }

    /** Everything about the plan in force. */
    public PlanReport report() {
        List<ModelReport> reports = models.stream().map(ServedModel::report).toList();
        return new PlanReport(state.hardware(), state.device(), reports);
    }

    /** The largest of the models' values of a setting that they share; 1 where there is no model. */
    public int most(Function<Plan, Setting> setting) {
        return models.stream()
                .mapToInt(model -> setting.apply(model.plan()).asInt())
                .max()
                .orElse(1);
    }

    /** The most bytes that batches of a model may fill, the model included, which takes {@code baseBytes} itself. */
    synchronized long budgetBytes(ServedModel model, long baseBytes) {
        return planner.budgetBytes(demands(), models.indexOf(model), baseBytes);
    }

    /** The same on this device. */
    synchronized long budgetBytes(ServedModel model, DeviceAccess device, long baseBytes) {
        return unlike.planner(device.number())
                .map(other ->
                        other.budgetBytes(unlike.demands(models, device.number()), models.indexOf(model), baseBytes))
                .orElseGet(() -> budgetBytes(model, baseBytes));
    }

    /** True if this device differs from the one that the models' plans are for. */
    boolean isUnlike(DeviceAccess device) {
        return unlike.planner(device.number()).isPresent();
    }

    /** True if a model is still to be measured on this device, or on one like it. */
    boolean pending(ServedModel model, DeviceAccess device) {
        return isUnlike(device)
                ? calibrates && unlike.unmeasured(model, device.number())
                : model.status() == CalibrationStatus.PENDING;
    }

    /** The most bytes that the models that are planned may take of the device of this number together. */
    public long availableBytes(int number) {
        return unlike.planner(number).orElse(planner).availableBytes(models.size());
    }

    /** The most bytes that the models that are planned may take of the device together. */
    public long availableBytes() {
        return planner.availableBytes(models.size());
    }

    /** The device's memory, or the limit that was set where that is less. */
    long totalBytes() {
        return planner.totalBytes();
    }

    /** Plans anew for a device, and for those like it, with what was measured of a model there; keeps that for the next start. */
    void measured(ServedModel model, DeviceAccess device, Calibration calibration) {
        if (!isUnlike(device)) {
            measured(model, calibration);
            return;
        }
        synchronized (this) {
            unlike.measured(model, device, calibration);
            unlike.force(models);
        }
        unlike.log(model, device);
    }

    /** The same on the device that the models' plans are for. */
    void measured(ServedModel model, Calibration calibration) {
        boolean planned = replan(model, calibration);
        model.status(planned ? CalibrationStatus.MEASURED : CalibrationStatus.FAILED);
        if (planned) {
            state.calibrations().save(model.key(), calibration);
            LOG.info(new ModelReport(model.names(), model.planned(), model.status()).text());
        }
    }

    /** Plans anew with the batch that a model's growth under load has reached, and keeps that for the next start. */
    void grown(ServedModel model, GrownBatch reached) {
        Optional<Calibration> calibration = model.demand().calibration().map(known -> known.with(reached));
        if (calibration.isPresent() && replan(model, calibration.get())) {
            state.calibrations().save(model.key(), calibration.get());
            LOG.infof(
                    "Batches of %s hold up to %s from now on: %s",
                    model.name(),
                    model.plan().batch().text(),
                    model.plan().batch().reason());
        }
    }

    private synchronized boolean replan(ServedModel measured, Calibration calibration) {
        return replan(models.stream()
                .map(model -> model == measured ? model.demand().calibrated(calibration) : model.demand())
                .toList());
    }

    /** Says that a model could not be measured on a device; its plan stays as it is. */
    void failed(ServedModel model, DeviceAccess device, Throwable cause) {
        boolean differs = isUnlike(device);
        if (!differs) {
            model.status(CalibrationStatus.FAILED);
        }
        boolean known = cause.getCause() instanceof RunFailedException; // whose message tells all
        LOG.warnf(
                known ? null : cause,
                "The calibration of %s was given up, and its plan%s stays at what was known before: %s",
                model.name(),
                differs ? " on " + device.name() : "",
                known ? cause.getMessage() : cause);
    }

    private void recall(ServedModel model) {
        long start = System.nanoTime();
        state.calibrations()
                .load(model.key())
                .filter(known -> known.baseBytes() < availableBytes())
                .filter(known -> known.holdsFor(budgetBytes(model, known.baseBytes())))
                .filter(known -> replan(model, known))
                .ifPresent(known -> {
                    model.status(known.provisional() ? model.status() : CalibrationStatus.STORED);
                    LOG.infof(
                            "The calibration of %s, measured at %s, was read from %s in %d ms",
                            model.name(),
                            known.at(),
                            state.folder().orElseThrow(),
                            (System.nanoTime() - start) / 1_000_000);
                });
    }

    /** Plans again, and says whether there is such a plan; where there is none the one in force stays. */
    private boolean replan(List<ModelDemand> demands) {
        try {
            force(planner.plan(demands));
            unlike.force(models);
            return true;
        } catch (PlanRefusedException e) {
            LOG.warnf(
                    "The plan stays as it is, because with what is known now there would be none: %s", e.getMessage());
            return false;
        }
    }

    /** Puts plans in force that are in the order of the models. */
    private void force(List<ModelPlan> plans) {
        for (int i = 0; i < plans.size(); i++) {
            models.get(i).plan(plans.get(i));
        }
    }

    private List<ModelDemand> demands() {
        return models.stream().map(ServedModel::demand).toList();
    }
}
