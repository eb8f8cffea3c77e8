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
        Setting batch = batch(model);
        Setting prefetch = count(
                "headroom.prefetch",
                wide(config.prefetch()),
                "requests",
                2 * batch.value(),
                "2 x batch: one batch runs while the next one forms");
        return new Plan(
                batch,
                elements(model, batch),
                window(),
                prefetch,
                count("headroom.fetches", wide(config.fetches()), "inputs", 2 * batch.value(), "2 x batch"),
                count(
                        "headroom.workers",
                        wide(config.workers()),
                        "items",
                        Math.min(batch.value(), cores),
                        "min(batch %d, cores %d)".formatted(batch.value(), cores)),
                new Setting(1, "batches", Source.DEFAULT, "one thread makes every call to the device"),
                timeout(batch),
                count(
                        "headroom.queue.max-items",
                        wide(config.queue().maxItems()),
                        "items",
                        64 * prefetch.value(),
                        "64 items for each of the prefetched requests"),
                count(
                        "headroom.queue.max-bytes",
                        wide(config.queue().maxBytes()),
                        "bytes",
                        heapBytes / 8,
                        "an eighth of the largest heap, " + Bytes.text(heapBytes)));
    }

    private Setting batch(ModelDemand model) {
        MemoryBudget budget = MemoryBudget.of(device, config.memory());
        if (config.batch().maxItems().isPresent()) {
            return count("headroom.batch.max-items", wide(config.batch().maxItems()), "items", 0, "");
        }
        return model.declared()
                .map(profile -> declaredBatch(model, profile, budget))
                .orElseGet(this::tierBatch);
    }

    private Setting declaredBatch(ModelDemand model, MemoryProfile profile, MemoryBudget budget) {
        int fits = profile.largestBatch(budget.bytes());
        if (fits == 0) {
            throw new PlanRefusedException(
                    ("Not even one item of %s fits on %s: it takes %s (%s and %s for the item), and %s are"
                                    + " there (%s). Use a device with more memory or a smaller model, lower"
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
        int cap = device.gpu() ? UNMEASURED_GPU_BATCH : UNMEASURED_CPU_BATCH;
        String fit = "%d x %s + %s fit into %s"
                .formatted(fits, Bytes.text(profile.perItemBytes()), Bytes.text(profile.baseBytes()), budget.reason());
        String reason = fits <= cap
                ? fit
                : "%s; not above %d until a %s has been measured to gain from it"
                        .formatted(fit, cap, device.gpu() ? "GPU" : "CPU");
        return new Setting(Math.min(fits, cap), "items", Source.DECLARED, reason);
    }

    private Setting tierBatch() {
        BatchTier tier = BatchTier.of(device.totalBytes());
        String size = tier == BatchTier.SMALLER
                ? "less than %d GB".formatted(BatchTier.GB_24.gigabytes)
                : "at least %d GB".formatted(tier.gigabytes);
        return new Setting(
                tier.batch,
                "items",
                Source.TIER,
                "the model's folder declares no memory, and %s of %s count as %s"
                        .formatted(Bytes.text(device.totalBytes()), device.name(), size));
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
        return atLeast(
                0,
                "headroom.batch.max-window",
                millis(config.batch().maxWindow()),
                "ms",
                DEFAULT_WINDOW_MILLIS,
                "the longest wait; a lone item never waits, and no item longer than a batch takes");
    }

    private Setting timeout(Setting batch) {
        return count(
                "headroom.timeout", millis(config.timeout()), "ms", 1000 + 100 * batch.value(), "1 s + 0.1 s x batch");
    }

    private static Setting count(String name, OptionalLong set, String unit, long derived, String reason) {
        return atLeast(1, name, set, unit, derived, reason);
    }

    private static Setting atLeast(
            long least, String name, OptionalLong set, String unit, long derived, String reason) {
        if (set.isEmpty()) {
            return new Setting(derived, unit, Source.DEFAULT, reason);
        }
        if (set.getAsLong() < least) {
            throw new PlanRefusedException("%s is %d %s: set it to at least %d, or leave it out to have it derived."
                    .formatted(name, set.getAsLong(), unit, least));
        }
        return new Setting(set.getAsLong(), unit, Source.SET, "set by " + name);
    }

    private static OptionalLong wide(OptionalInt set) {
        return set.isPresent() ? OptionalLong.of(set.getAsInt()) : OptionalLong.empty();
    }

    private static OptionalLong wide(Optional<MemorySize> set) {
        return set.isPresent() ? OptionalLong.of(set.get().asLongValue()) : OptionalLong.empty();
    }

    private static OptionalLong millis(Optional<Duration> set) {
        return set.isPresent() ? OptionalLong.of(set.get().toMillis()) : OptionalLong.empty();
    }
}
