package dev.headroom.plan;

import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Derives the plan: a pure function of the device, the model and what the operator set. */
public final class Planner {

    /** Until a measurement has shown that more pays, no GPU batch is larger than the largest tier's. */
    private static final int UNMEASURED_GPU_BATCH = BatchTier.GB_80.batch;

    /** A CPU gains little beyond this: see "Batch size on a CPU" in docs/benchmarks.md. */
    private static final int UNMEASURED_CPU_BATCH = 8;

    private static final long DEFAULT_WINDOW_MILLIS = 10;
    private static final Duration LONGEST_TIME = Duration.ofDays(1);
    private static final String WINDOW = "headroom.batch.max-window";
    private static final String TIMEOUT = "headroom.timeout";

    private final ServingDevice device;
    private final int cores;
    private final long heapBytes;
    private final HeadroomConfig config;

    /**
     * A planner for one device.
     *
     * @param cores processors that this process may use
     * @param heapBytes the JVM's largest heap
     */
    public Planner(ServingDevice device, int cores, long heapBytes, HeadroomConfig config) {
        this.device = device;
        this.cores = cores;
        this.heapBytes = heapBytes;
        this.config = config;
    }

    /**
     * The plan for one model.
     *
     * @throws PlanRefusedException when not even one item fits, or a setting makes no sense; the message gives the
     *     numbers and the remedy
     */
    public Plan plan(ModelDemand model) {
        checkWeights(model);
        Setting batch = batch(model);
        Setting prefetch = prefetch(batch);
        return new Plan(
                batch,
                elements(model, batch),
                window(),
                prefetch,
                count("headroom.fetches", wide(config.fetches()), "inputs", 2 * batch.value(), "2 x batch"),
                workers(batch),
                new Setting(1, "batches", Source.DEFAULT, "one thread makes every call to the device"),
                timeout(batch),
                queueItems(prefetch),
                queueBytes());
    }

    /**
     * ONNX Runtime's arena does not enforce a limit that the weights in it exceed. How much of the file they are only the
     * loaded session knows: 44 of 86 MiB for all-MiniLM-L6-v2.
     */
    private void checkWeights(ModelDemand model) {
        long limit = config.memory().limit().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        if (limit < model.weightBytes() / 2) {
            throw new PlanRefusedException(
                    "headroom.memory.limit is %s, and the weights of %s alone take %s: raise it well above that, or leave it out."
                            .formatted(Bytes.text(limit), model.name(), Bytes.text(model.weightBytes())));
        }
    }

    private Setting batch(ModelDemand model) {
        MemoryBudget budget = MemoryBudget.of(device, config.memory());
        Setting derived = model.declared()
                .map(profile -> declaredBatch(model, profile, budget))
                .orElseGet(this::tierBatch);
        return count("headroom.batch.max-items", wide(config.batch().maxItems()), derived);
    }

    private Setting declaredBatch(ModelDemand model, MemoryProfile profile, MemoryBudget budget) {
        int fits = profile.largestBatch(budget.bytes());
        if (fits == 0 && config.memory().limit().isPresent()) {
            String reason = "not even one item should fit into %s; the first run shows whether it does";
            return new Setting(1, "items", Source.DECLARED, reason.formatted(budget.reason()));
        }
        if (fits == 0) {
            throw notOneFits(model, profile, budget);
        }
        String reason = "%d x %s + %s fit into %s"
                .formatted(fits, Bytes.text(profile.perItemBytes()), Bytes.text(profile.baseBytes()), budget.reason());
        return capped(new Setting(fits, "items", Source.DECLARED, reason));
    }

    private PlanRefusedException notOneFits(ModelDemand model, MemoryProfile profile, MemoryBudget budget) {
        return new PlanRefusedException(
                ("Not even one item of %s fits on %s: it takes %s (%s and %s for the item), and %s"
                                + " are there (%s). Use a device with more memory or a smaller model, lower"
                                + " headroom.memory.reserved, or correct the memory that the model's folder declares.")
                        .formatted(
                                model.name(),
                                device.name(),
                                Bytes.text(profile.bytes(1)),
                                Bytes.text(profile.baseBytes()),
                                Bytes.text(profile.perItemBytes()),
                                Bytes.text(budget.bytes()),
                                budget.reason()));
    }

    private Setting tierBatch() {
        BatchTier tier = BatchTier.of(device.totalBytes());
        String size = tier == BatchTier.SMALLER
                ? "less than %d GB".formatted(BatchTier.GB_24.gigabytes)
                : "at least %d GB".formatted(tier.gigabytes);
        String reason = "the model's folder declares no memory, and %s of %s count as %s"
                .formatted(Bytes.text(device.totalBytes()), device.name(), size);
        return capped(new Setting(tier.batch, "items", Source.TIER, reason));
    }

    private Setting capped(Setting fitting) {
        int cap = device.gpu() ? UNMEASURED_GPU_BATCH : UNMEASURED_CPU_BATCH;
        if (fitting.value() <= cap) {
            return fitting;
        }
        String reason = "not above %d until a %s has been measured to gain from it; %s"
                .formatted(cap, device.gpu() ? "GPU" : "CPU", fitting.reason());
        return new Setting(cap, fitting.unit(), Source.DEFAULT, reason);
    }

    private Setting prefetch(Setting batch) {
        String reason = "2 x batch: one batch runs while the next one forms";
        return count("headroom.prefetch", wide(config.prefetch()), "requests", 2 * batch.value(), reason);
    }

    private Setting workers(Setting batch) {
        String reason = "min(batch %d, cores %d)".formatted(batch.value(), cores);
        return count("headroom.workers", wide(config.workers()), "items", Math.min(batch.value(), cores), reason);
    }

    private Setting queueItems(Setting prefetch) {
        String reason = "64 items for each of the prefetched requests";
        return count(
                "headroom.queue.max-items", wide(config.queue().maxItems()), "items", 64 * prefetch.value(), reason);
    }

    private Setting queueBytes() {
        String reason = "an eighth of the largest heap, " + Bytes.text(heapBytes);
        return count("headroom.queue.max-bytes", wide(config.queue().maxBytes()), "bytes", heapBytes / 8, reason);
    }

    private Setting elements(ModelDemand model, Setting batch) {
        long longest = model.elementsPerItem();
        return count(
                "headroom.batch.max-elements",
                config.batch().maxElements(),
                "elements",
                batch.value() * longest,
                "batch x %d, the longest item of %s".formatted(longest, model.name()));
    }

    private Setting window() {
        String reason = "the longest wait; a lone item never waits, and no item longer than a batch takes";
        Setting derived = new Setting(DEFAULT_WINDOW_MILLIS, "ms", Source.DEFAULT, reason);
        return atLeast(0, WINDOW, millis(WINDOW, config.batch().maxWindow()), derived);
    }

    private Setting timeout(Setting batch) {
        return count(
                TIMEOUT, millis(TIMEOUT, config.timeout()), "ms", 1000 + 100 * batch.value(), "1 s + 0.1 s x batch");
    }

    private static Setting count(String name, OptionalLong set, String unit, long derived, String reason) {
        return count(name, set, new Setting(derived, unit, Source.DEFAULT, reason));
    }

    private static Setting count(String name, OptionalLong set, Setting derived) {
        return atLeast(1, name, set, derived);
    }

    private static Setting atLeast(long least, String name, OptionalLong set, Setting derived) {
        if (set.isEmpty()) {
            return derived;
        }
        if (set.getAsLong() < least) {
            throw new PlanRefusedException("%s is %d %s: set it to at least %d, or leave it out to have it derived."
                    .formatted(name, set.getAsLong(), derived.unit(), least));
        }
        return new Setting(set.getAsLong(), derived.unit(), Source.SET, "set by " + name);
    }

    private static OptionalLong wide(OptionalInt set) {
        return set.isPresent() ? OptionalLong.of(set.getAsInt()) : OptionalLong.empty();
    }

    private static OptionalLong wide(Optional<MemorySize> set) {
        return set.isPresent() ? OptionalLong.of(set.get().asLongValue()) : OptionalLong.empty();
    }

    /** Rounded up, so that what is set above zero stays above it. */
    private static OptionalLong millis(String name, Optional<Duration> set) {
        if (set.isEmpty()) {
            return OptionalLong.empty();
        }
        if (set.get().compareTo(LONGEST_TIME) > 0) {
            throw new PlanRefusedException("%s is %s: set it to at most %s, or leave it out to have it derived."
                    .formatted(name, set.get(), LONGEST_TIME));
        }
        return OptionalLong.of(Math.ceilDiv(set.get().toNanos(), 1_000_000));
    }
}
