package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Derives the plan: a pure function of the device, the models and what the operator set. */
public final class Planner {

    /** A buffer is up to twice as large as its content. */
    private static final int BUFFER_ROUNDING = 2;

    /** While one batch runs, the output of the one before it is still being read. */
    private static final int BATCHES_OF_A_LANE = 2;

    /** The time-out of a batch while the model is not measured. */
    private static final long UNMEASURED_MILLIS = 60_000;

    /** The least time-out of a batch once the model is measured. */
    private static final long LEAST_MILLIS = 10_000;

    private static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();

    private static final long MOST_QUEUED = 65_536;

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
     * What does not follow from the models.
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
        Setting elements = withinDirectMemory(limits.elements(batch), model, lanes);
        Setting prefetch = prefetch(batch, lanes);
        Setting timeout = timeout(model, batch);
        return new Plan(
                batch,
                elements,
                limits.memory(lanes.value()),
                limits.window(),
                prefetch,
                derived(2 * batch.value(), "inputs", "2 x batch").overriddenBy("headroom.fetches", config.fetches()),
                workers(batch),
                lanes,
                lanePlanner.threads(lanes),
                lanePlanner.alone(lanes, limits),
                limits.runCost(),
                timeout,
                queueItems(prefetch),
                queueBytes(),
                directMemory(model, Math.min(elements.value(), batch.value() * model.elementsPerItem()), lanes),
                KnativePlan.of(device.gpu(), running(lanes) * batch.value(), prefetch, timeout),
                model.memory(),
                growth(model, batch, elements, lanes));
    }

    private Optional<GrowthRoom> growth(ModelDemand model, Setting batch, Setting elements, Setting lanes) {
        long most = elements.source() == Source.SET ? elements.value() : mostElements(model, lanes);
        return model.calibration().flatMap(measured -> new GrowthPlanner(measured).room(batch, most));
    }

    /** Batches that run at a time, on all devices together. */
    private long running(Setting lanes) {
        return lanes.value() * device.count();
    }

    private Setting prefetch(Setting batch, Setting lanes) {
        long batches = running(lanes) + 1;
        String reason = "%d x batch: %s while the next one forms"
                .formatted(batches, batches == 2 ? "one batch runs" : running(lanes) + " batches run");
        return derived(batches * batch.value(), "requests", reason)
                .overriddenBy("headroom.prefetch", config.prefetch());
    }

    private Setting workers(Setting batch) {
        String reason = "min(batch %d, cores %d)".formatted(batch.value(), host.cores());
        return derived(Math.min(batch.value(), host.cores()), "items", reason)
                .overriddenBy("headroom.workers", config.workers());
    }

    /** The time-out of a batch. It is generous until the model is measured, and after that because the machine may be busier than it was. */
    private Setting timeout(ModelDemand model, Setting batch) {
        Setting unmeasured = derived(
                Math.clamp(100 * batch.value(), UNMEASURED_MILLIS, LONGEST_MILLIS),
                "ms",
                "nothing is measured yet: 60 s, or 0.1 s x batch where that is more");
        Setting derived = model.calibration()
                .map(measured -> measuredTimeout(measured.longestItem().toMillis(), batch.value()))
                .orElse(unmeasured);
        return derived.overriddenBy("headroom.timeout", config.timeout());
    }

    private static Setting measuredTimeout(long longestItemMillis, long batch) {
        String measured = "4 x batch x what one of the longest items took, %d ms".formatted(longestItemMillis);
        long millis = Math.min(LONGEST_MILLIS, 4 * batch * longestItemMillis);
        return millis > LEAST_MILLIS
                ? new Setting(millis, "ms", Source.CALIBRATED, measured)
                : derived(LEAST_MILLIS, "ms", measured + ", is less than a busy machine may need: 10 s");
    }

    private Setting queueItems(Setting prefetch) {
        String reason = "64 items for each of the prefetched requests, at most %,d".formatted(MOST_QUEUED);
        return derived(Math.min(MOST_QUEUED, 64 * prefetch.value()), "items", reason)
                .overriddenBy("headroom.queue.max-items", config.queue().maxItems());
    }

    private Setting queueBytes() {
        String reason = "an eighth of the largest heap, " + Bytes.text(host.heapBytes());
        return derived(host.heapBytes() / 8, "bytes", reason)
                .overriddenBy(
                        "headroom.queue.max-bytes",
                        config.queue().maxBytes().stream()
                                .mapToLong(MemorySize::asLongValue)
                                .findFirst());
    }

    /** Bytes for the buffers, whose sizes are powers of two. */
    private Setting directMemory(ModelDemand model, long elements, Setting lanes) {
        long batchBytes = Long.highestOneBit(Math.max(1, elements * model.bytesPerElement()) * 2 - 1);
        long batches = BATCHES_OF_A_LANE * running(lanes);
        String reason = "%d x %s for a batch's inputs and outputs, and 64 MiB for the network"
                .formatted(batches, Bytes.text(batchBytes));
        return derived(batches * batchBytes + (64L << 20), "bytes", reason);
    }

    /** Lowers the elements to what direct memory holds: by default as much as the heap, and no buffer is larger than 1 GiB. */
    private Setting withinDirectMemory(Setting elements, ModelDemand model, Setting lanes) {
        long atLeast = mostElements(model, lanes);
        return elements.source() == Source.SET || elements.value() <= atLeast
                ? elements
                : derived(
                        atLeast,
                        elements.unit(),
                        "inputs and outputs of all batches fit into the JVM's direct memory, by default as large as its heap, "
                                + Bytes.text(host.heapBytes()));
    }

    private long mostElements(ModelDemand model, Setting lanes) {
        long buffers = BUFFER_ROUNDING * BATCHES_OF_A_LANE * running(lanes);
        long most = Math.min(host.heapBytes() / buffers, 1L << 30) / Math.max(1, model.bytesPerElement());
        return Math.max(most, model.elementsPerItem());
    }

    private static Setting derived(long value, String unit, String reason) {
        return new Setting(value, unit, Source.DEFAULT, reason);
    }
}
