package dev.headroom.plan;

import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Derives the plan: a pure function of the device, the models and what the operator set. */
public final class Planner {

    private final ServingDevice device;
    private final Host host;
    private final HeadroomConfig config;
    private final Fixed fixed;

    /**
     * The resources of the process beside the device.
     *
     * @param cores processors that this process may use
     * @param heapBytes the JVM's largest heap
     */
    public record Host(int cores, long heapBytes) {}

    /**
     * The givens that do not follow from the models.
     *
     * @param lanes the lanes that are kept; empty where they follow
     * @param besideBytes bytes of the device that are not for batches, because models that generate text have them
     */
    private record Fixed(OptionalInt lanes, long besideBytes) {}

    /** A planner for one device. */
    public Planner(ServingDevice device, Host host, HeadroomConfig config) {
        this(device, host, config, new Fixed(OptionalInt.empty(), 0));
    }

    private Planner(ServingDevice device, Host host, HeadroomConfig config, Fixed fixed) {
        this.device = device;
        this.host = host;
        this.config = config;
        this.fixed = fixed;
    }

    /**
     * Plans the models that share the device: a batch runs beside the weights of all of them.
     *
     * @return a plan for each model, in their order
     * @throws PlanRefusedException when not even one item fits, or a setting makes no sense; the message gives the
     *     numbers and the remedy
     */
    public List<ModelPlan> plan(List<ModelDemand> models) {
        List<BatchPlanner> planners = IntStream.range(0, models.size())
                .mapToObj(i -> new BatchPlanner(device, budget(models, i), config, models.get(i)))
                .toList();
        planners.forEach(planner -> planner.room().check());
        if (models.isEmpty()) {
            return List.of();
        }
        LanePlanner lanePlanner = new LanePlanner(device, host.cores(), config.lanes(), fixed.lanes());
        Setting lanes = lanePlanner.lanes(planners);
        return planners.stream()
                .map(planner -> new ModelPlan(planner.model(), plan(planner, lanePlanner, lanes)))
                .toList();
    }

    /**
     * The most bytes for one of the models and its largest batch.
     *
     * @param index the place of the model in the list
     * @param baseBytes measured bytes of the model without a batch
     */
    public long budgetBytes(List<ModelDemand> models, int index, long baseBytes) {
        return budget(models, index).bytes(baseBytes);
    }

    private MemoryBudget budget(List<ModelDemand> models, int index) {
        double others = IntStream.range(0, models.size())
                .filter(other -> other != index)
                .mapToDouble(other -> models.get(other).baseBytes())
                .sum();
        return MemoryBudget.of(device, config.memory(), models.size()).without((long) others + fixed.besideBytes());
    }

    /** This planner for a device of which so many bytes are free, those that the open models hold included. */
    public Planner free(long bytes) {
        return new Planner(device.free(bytes), host, config, fixed);
    }

    /** This planner with so many lanes, whatever models come and go: with other lanes all sessions would open anew. */
    public Planner keep(int lanes) {
        return new Planner(device, host, config, new Fixed(OptionalInt.of(lanes), fixed.besideBytes()));
    }

    /** This planner beside models that generate text, which take so many bytes of the device. */
    public Planner beside(long bytes) {
        return new Planner(device, host, config, new Fixed(fixed.lanes(), bytes));
    }

    /** The most bytes that models which run batches may take together. */
    public long batchBytes() {
        return Math.max(0, availableBytes(0) - fixed.besideBytes());
    }

    /** This planner for the device as it is now. */
    public Planner on(ServingDevice now) {
        return new Planner(now, host, config, fixed);
    }

    /** The device that is planned for. */
    public ServingDevice device() {
        return device;
    }

    /**
     * The most bytes that all models together may take of the device: they cap the arena.
     *
     * @param sessions how many models are open at a time
     */
    public long availableBytes(int sessions) {
        return MemoryBudget.of(device, config.memory(), sessions).availableBytes();
    }

    /** The device's memory, or {@code headroom.memory.limit} where that is less. */
    public long totalBytes() {
        return MemoryBudget.of(device, config.memory(), 0).totalBytes();
    }

    private Plan plan(BatchPlanner limits, LanePlanner lanePlanner, Setting lanes) {
        ModelDemand model = limits.model();
        Setting batch = limits.batch(lanes.value());
        DirectMemoryPlanner memory = new DirectMemoryPlanner(host.heapBytes(), running(lanes), model);
        Setting elements = memory.elements(limits.elements(batch));
        AdmissionPlanner admission = new AdmissionPlanner(host.heapBytes(), config);
        Setting prefetch = admission.prefetch(batch, running(lanes));
        Setting timeout = new TimeoutPlanner(config.timeout()).timeout(model, batch);
        return new Plan(
                batch,
                elements,
                limits.memory(lanes.value()),
                limits.window(),
                prefetch,
                Setting.derived(2 * batch.value(), "inputs", "2 x batch")
                        .overriddenBy("headroom.fetches", config.fetches()),
                workers(batch),
                lanes,
                lanePlanner.threads(lanes),
                lanePlanner.alone(lanes, limits),
                limits.runCost(),
                timeout,
                admission.queueItems(prefetch),
                admission.queueBytes(),
                memory.bytes(Math.min(elements.value(), batch.value() * model.elementsPerItem())),
                KnativePlan.of(device.gpu(), running(lanes) * batch.value(), prefetch, timeout),
                model.memory(),
                growth(model, batch, elements, memory));
    }

    private Optional<GrowthRoom> growth(
            ModelDemand model, Setting batch, Setting elements, DirectMemoryPlanner memory) {
        long most = elements.source() == Source.SET ? elements.value() : memory.mostElements();
        return model.calibration().flatMap(measured -> new GrowthPlanner(measured).room(batch, most));
    }

    /** Batches that run at a time, on all devices together. */
    private long running(Setting lanes) {
        return lanes.value() * device.count();
    }

    private Setting workers(Setting batch) {
        String reason = "min(batch %d, cores %d)".formatted(batch.value(), host.cores());
        return Setting.derived(Math.min(batch.value(), host.cores()), "items", reason)
                .overriddenBy("headroom.workers", config.workers());
    }
}
