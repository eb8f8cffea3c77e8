package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.Opening;
import dev.headroom.measured.StateKey;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Residency;
import dev.headroom.plan.Resident;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Setting;
import dev.headroom.session.RunFailedException;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Entrance;
import dev.headroom.task.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
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

    /** Memory that others take or give back by this share of the device changes the plan. */
    private static final double CLEARLY = 0.1;

    private final StateFolder state;
    private final ServingDevice started; // as it was at the start
    private final boolean calibrates;
    private final UnlikePlans unlike;
    private final Optional<Duration> idle;
    private final GeneratingModels generating;
    private volatile Planner planner;
    private volatile List<HostedModel> hosted = List.of(); // in the order of their folders
    private volatile List<ServedModel> models = List.of(); // those that are open, in the order of their names

    /**
     * The first plan, from what earlier starts have measured and from what the models' folders declare. It holds the
     * models that are opened at the start: those that must be, and of the others those that fit, in the folder's order.
     *
     * @param device the device that the plan is for, and all others but the unlike
     * @param unlike the devices that differ from it and have plans of their own, by their numbers
     * @throws PlanRefusedException when not even one item of a model fits, or not all fit that are to be open at the start
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
        started = device;
        state = StateFolder.of(config.stateDir(), hardware, device, planner, specs.size());
        this.unlike = new UnlikePlans(state, unlike, host, config);
        calibrates = config.calibration() != CalibrationMode.OFF;
        idle = config.idle();
        List<ModelSpec> batched =
                specs.stream().filter(spec -> !spec.generates()).toList();
        generating = new GeneratingModels(
                specs.stream().filter(ModelSpec::generates).toList(),
                device,
                config.memory().target());
        long weights = batched.stream().mapToLong(ModelSpec::weightBytes).sum();
        planner = planner.beside(generating.share(planner.availableBytes(specs.size()), weights));
        host(batched);
        new StartChoice(this).admit();
    }

    /** The models that generate text. */
    public GeneratingModels generating() {
        return generating;
    }

    /** True if a model fits beside those that are open, or about to be, by what is known of each. */
    boolean fits(HostedModel model) {
        List<HostedModel> open = hosted.stream()
                .filter(one -> one == model || planned().contains(one))
                .toList();
        return residency().fit(residents(open, System.nanoTime()));
    }

    /** All models as the policy sees them at this moment. */
    List<Resident> residents(long now) {
        return residents(hosted, now);
    }

    /** Each session of a GPU takes workspaces beside the arena. */
    private List<Resident> residents(List<HostedModel> some, long now) {
        long ofASession = planner.availableBytes(0) - planner.availableBytes(1);
        return some.stream().map(model -> model.resident(now, ofASession)).toList();
    }

    /** Decides which models are open. */
    Residency residency() {
        return new Residency(planner.batchBytes(), idle);
    }

    /**
     * Knows these models, which are closed: each has the plan that it would have alone, from what earlier starts have
     * measured of it.
     *
     * @return them by their folders
     * @throws PlanRefusedException when one of them does not even fit alone
     */
    synchronized List<HostedModel> host(List<ModelSpec> specs) {
        Map<String, List<ModelSpec>> folders = new LinkedHashMap<>();
        specs.forEach(spec -> folders.computeIfAbsent(spec.names().getFirst(), first -> new ArrayList<>())
                .add(spec));
        List<HostedModel> added = folders.values().stream()
                .map(graphs -> new HostedModel(graphs.getFirst(), entrance -> planned(graphs, entrance)))
                .toList();
        hosted = Stream.concat(hosted.stream(), added.stream()).toList();
        List<ServedModel> all = graphs(hosted);
        if (calibrates) {
            graphs(added).forEach(model -> unlike.recall(model, all.size()));
            graphs(added).forEach(model -> recall(model, all));
        }
        return added;
    }

    private static List<ServedModel> graphs(List<HostedModel> models) {
        return models.stream().flatMap(model -> model.graphs().stream()).toList();
    }

    private List<ServedModel> planned(List<ModelSpec> graphs, Entrance entrance) {
        List<ModelPlan> alone =
                planner.plan(graphs.stream().map(ModelSpec::demand).toList());
        return IntStream.range(0, graphs.size())
                .mapToObj(i -> planned(graphs.get(i), alone.get(i), entrance))
                .toList();
    }

    private ServedModel planned(ModelSpec spec, ModelPlan plan, Entrance entrance) {
        StateKey key = state.key(spec, plan.plan().threads().asInt());
        spec.remarks().forEach(remark -> LOG.warnf("Model %s: %s", spec.name(), remark));
        CalibrationStatus status = calibrates ? CalibrationStatus.PENDING : CalibrationStatus.OFF;
        ModelReport report = new ModelReport(spec.names(), plan, status);
        Pipeline pipeline = new Pipeline(spec.name(), spec.task(), entrance);
        ServedModel model = new ServedModel(spec, pipeline, state.limits(key), report);
        state.openings().load(key).ifPresent(model::opening);
        return model;
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
        List<ModelPlan> plans =
                planner.plan(all.stream().map(ServedModel::demand).toList());
        models = all;
        force(plans);
        unlike.force(models);
        model.state(ModelState.OPENING, "it is being opened");
    }

    /** From now on models come and go: the lanes stay as many as they are. */
    synchronized void keepLanes(int lanes) {
        planner = planner.keep(lanes);
    }

    /** All models of the folder, open or not, in the order of their folders. */
    List<HostedModel> hosted() {
        return hosted;
    }

    /** The one of them that requests may ask for by this name; empty where there is none. */
    Optional<HostedModel> hosted(String name) {
        return hosted.stream().filter(model -> model.isCalled(name)).findFirst();
    }

    /** Those of them that are open, or about to be. */
    List<HostedModel> planned() {
        return hosted.stream()
                .filter(model -> models.containsAll(model.graphs()))
                .toList();
    }

    /** Forgets a model that is closed. */
    synchronized void forget(HostedModel model) {
        hosted = hosted.stream().filter(other -> other != model).toList();
    }

    /** Notes what the opening of a model took, and keeps it for the next start. */
    void opened(ServedModel model, Opening opening) {
        model.opening(opening);
        state.openings().save(model.key(), opening);
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

    /**
     * Follows what other processes hold of a GPU, where that has changed by a lot: by a tenth of the device. Waits for no
     * device.
     *
     * @param grownBytes what they hold more than at the start
     * @return true if the plan has changed
     */
    synchronized boolean follow(long grownBytes) {
        Planner now = planner.on(started.free(started.freeBytes() - grownBytes));
        long more = now.availableBytes(sessions()) - availableBytes();
        if (!state.device().gpu() || Math.abs(more) < CLEARLY * totalBytes()) {
            return false;
        }
        Planner before = planner;
        planner = now;
        if (!replan(demands())) {
            planner = before;
            return false;
        }
        LOG.warnf(
                "Other processes hold %s of the device than before: models may take %s of it now, and the plan follows",
                more < 0 ? "more" : "less", Bytes.text(availableBytes()));
        return true;
    }

    /** All models that are open, or about to be, in the order of their names. */
    List<ServedModel> models() {
        return models;
    }

    /** Everything about the plan in force. */
    public PlanReport report() {
        return report(0);
    }

    /**
     * The same beside other processes.
     *
     * @param othersBytes what they hold of the device
     */
    PlanReport report(long othersBytes) {
        List<ModelReport> reports = graphs(hosted).stream()
                .sorted(Comparator.comparing(ServedModel::name))
                .map(ServedModel::report)
                .toList();
        List<ModelStatus> all = hosted.stream().map(HostedModel::status).toList();
        CardReport card = CardReport.of(totalBytes(), availableBytes(), othersBytes, all);
        return new PlanReport(state.hardware(), state.device(), reports, generating.reports(), card);
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
        return unlike.planner(number).orElse(planner).availableBytes(sessions());
    }

    /** The most bytes that the models that are planned may take of the device together. */
    public long availableBytes() {
        return planner.availableBytes(sessions());
    }

    /** Sessions that are open, or about to be; at least one. */
    private int sessions() {
        return Math.max(1, models.size());
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
        if (!models.contains(measured)) { // it was closed meanwhile
            return plannedAlone(measured, calibration);
        }
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

    /** Plans with what an earlier start has measured, as if all models were open. */
    private void recall(ServedModel model, List<ServedModel> all) {
        long start = System.nanoTime();
        List<ModelDemand> demands = all.stream().map(ServedModel::demand).toList();
        state.calibrations()
                .load(model.key())
                .filter(known -> known.baseBytes() < availableBytes())
                .filter(known -> known.holdsFor(planner.budgetBytes(demands, all.indexOf(model), known.baseBytes())))
                .filter(known -> plannedAlone(model, known))
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

    private boolean plannedAlone(ServedModel model, Calibration known) {
        try {
            model.plan(planner.plan(List.of(model.demand().calibrated(known))).getFirst());
            return true;
        } catch (PlanRefusedException e) {
            LOG.warnf("The calibration of %s is not used: %s", model.name(), e.getMessage());
            return false;
        }
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
