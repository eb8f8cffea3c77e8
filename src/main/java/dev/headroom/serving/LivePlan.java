package dev.headroom.serving;

import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Setting;
import dev.headroom.session.OnnxModel;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** The plan in force: derived before anything is opened, and again whenever a model has been measured. */
public final class LivePlan {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private volatile Planner planner;
    private final StateStore<Calibration> store;
    private final LimitKeeper limits;
    private final List<StateKey> keys = new ArrayList<>();
    private volatile PlanReport report;

    /** The first plan, from what earlier starts have measured and from what the models' folders declare. */
    public LivePlan(Hardware hardware, ServingDevice device, List<ModelSpec> specs, HeadroomConfig config) {
        planner = new Planner(
                device,
                new Planner.Host(hardware.host().cores(), Runtime.getRuntime().maxMemory()),
                config);
        store = StateStore.calibrations(config.stateDir());
        List<ModelDemand> demands = specs.stream().map(ModelSpec::demand).toList();
        CalibrationStatus unmeasured =
                config.calibration() == CalibrationMode.OFF ? CalibrationStatus.OFF : CalibrationStatus.PENDING;
        report = new PlanReport(hardware, device, planner.plan(demands), Collections.nCopies(specs.size(), unmeasured));
        int threads = plans().getFirst().plan().threads().asInt(); // of the sessions that will be measured
        specs.forEach(spec -> keys.add(key(spec, threads)));
        if (config.calibration() != CalibrationMode.OFF) {
            IntStream.range(0, specs.size()).forEach(this::recall);
        }
        limits = new LimitKeeper(StateStore.limits(config.stateDir()), keys, planner.availableBytes());
    }

    /**
     * The models are open. On a CPU what they and the JVM have taken meanwhile beside the arena is known now: what is
     * left is what batches may fill.
     *
     * @param heldBytes what the models hold of the arena
     */
    public void opened(long heldBytes) {
        if (!report.device().gpu()) {
            planner = planner.free(Host.read().freeBytes() + heldBytes);
        }
        if (report.calibrations().contains(CalibrationStatus.STORED)) {
            refine(demands(), report.calibrations());
        }
    }

    /** What keeps the limits that are learned while these plans are in force. */
    public LimitKeeper limits() {
        return limits;
    }

    /** Everything about the plan in force. */
    public PlanReport report() {
        return report;
    }

    /** The plans in force, in the order of the models. */
    public List<ModelPlan> plans() {
        return report.plans();
    }

    /** The largest of the models' values of a setting that they share. */
    public int most(Function<Plan, Setting> setting) {
        return plans().stream()
                .mapToInt(model -> setting.apply(model.plan()).asInt())
                .max()
                .orElseThrow();
    }

    /** What the largest batches of a model may fill, the model included, which takes so many bytes itself. */
    long budgetBytes(int model, long baseBytes) {
        return planner.budgetBytes(demands(), model, baseBytes);
    }

    /** The most bytes that this process may take of the device. */
    public long availableBytes() {
        return planner.availableBytes();
    }

    /** The device's memory, or the limit that was set where that is less. */
    public long totalBytes() {
        return planner.totalBytes();
    }

    /** The models that have still to be measured, by their place. */
    List<Integer> pending() {
        List<Integer> pending = new ArrayList<>();
        for (int i = 0; i < plans().size(); i++) {
            if (report.calibrations().get(i) == CalibrationStatus.PENDING) {
                pending.add(i);
            }
        }
        return pending;
    }

    /** A model has been measured. */
    void measured(int model, Calibration calibration) {
        if (refine(with(model, calibration), with(model, CalibrationStatus.MEASURED))) {
            store.save(keys.get(model), calibration);
            LOG.info(report.modelText(model));
        } else {
            refine(demands(), with(model, CalibrationStatus.FAILED));
        }
    }

    /** A model could not be measured; its plan stays as it is. */
    void failed(int model, Throwable cause) {
        refine(demands(), with(model, CalibrationStatus.FAILED));
        LOG.warnf(
                cause,
                "The calibration of %s was given up, and its plan stays at what was known before",
                plans().get(model).model().name());
    }

    private void recall(int model) {
        long start = System.nanoTime();
        store.load(keys.get(model))
                .filter(known -> known.baseBytes() < planner.availableBytes())
                .filter(known -> known.holdsFor(budgetBytes(model, known.baseBytes())))
                .filter(known -> refine(with(model, known), with(model, CalibrationStatus.STORED)))
                .ifPresent(known -> LOG.infof(
                        "The calibration of %s, measured at %s, was read from %s in %d ms",
                        keys.get(model).model(),
                        known.at(),
                        store.folder().orElseThrow(),
                        (System.nanoTime() - start) / 1_000_000));
    }

    /** Plans again. A plan that is in force is not given up where there would be none. */
    private boolean refine(List<ModelDemand> demands, List<CalibrationStatus> calibrations) {
        List<ModelPlan> plans = plans();
        boolean planned = true;
        try {
            plans = planner.plan(demands);
        } catch (PlanRefusedException e) {
            LOG.warnf(
                    "The plan stays as it is, because with what is known now there would be none: %s", e.getMessage());
            planned = false;
        }
        if (planned || demands.equals(demands())) {
            report = new PlanReport(report.hardware(), report.device(), plans, calibrations);
        }
        return planned;
    }

    private List<ModelDemand> with(int model, Calibration calibration) {
        List<ModelDemand> demands = new ArrayList<>(demands());
        demands.set(model, demands.get(model).calibrated(calibration));
        return demands;
    }

    private List<CalibrationStatus> with(int model, CalibrationStatus status) {
        List<CalibrationStatus> calibrations = new ArrayList<>(report.calibrations());
        calibrations.set(model, status);
        return List.copyOf(calibrations);
    }

    /** Hosts of one kind differ by some pages. */
    private static long alike(long bytes) {
        long step = Math.max(1, Long.highestOneBit(bytes) >> 6);
        return (bytes + step / 2) / step * step;
    }

    private List<ModelDemand> demands() {
        return plans().stream().map(ModelPlan::model).toList();
    }

    private StateKey key(ModelSpec spec, int threads) {
        ServingDevice device = report.device();
        return new StateKey(
                spec.name(),
                spec.fingerprint(),
                spec.task().elementsPerItem(),
                device.name(),
                device.gpu() ? planner.totalBytes() : alike(planner.totalBytes()),
                device.gpu()
                        ? report.hardware().gpus().stream()
                                .map(Gpu::driverVersion)
                                .findFirst()
                                .orElse("")
                        : "",
                report.hardware().host().cores(),
                threads,
                OnnxModel.runtimeVersion());
    }
}
