package dev.headroom.batch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Supplier;

/** What is measured of one model's batches. */
public final class BatchMeters {

    private final MeterRegistry registry;
    private final Tags model;
    private final Timer queued;
    private final Timer ran;
    private final DistributionSummary items;
    private final Counter splits;
    private final LongAccumulator predicted = new LongAccumulator(Math::max, 0);
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);

    /** Meters tagged with the model's name. */
    public BatchMeters(MeterRegistry registry, String modelName) {
        this.registry = registry;
        model = Tags.of("model", modelName);
        queued = Timer.builder("headroom.queue")
                .description("From an item's arrival in the queue to the closing of its batch")
                .tags(model)
                .register(registry);
        ran = Timer.builder("headroom.batch")
                .description("One run of a batch on the device, collation included")
                .tags(model)
                .register(registry);
        items = DistributionSummary.builder("headroom.batch.items")
                .description("Items of a batch that ran")
                .tags(model)
                .register(registry);
        splits = Counter.builder("headroom.batch.splits")
                .description("Batches that did not fit and were halved")
                .tags(model)
                .register(registry);
        for (CloseReason reason : CloseReason.values()) {
            closed.put(
                    reason,
                    Counter.builder("headroom.batch.closed")
                            .description("Batches closed, by reason")
                            .tags(model.and("reason", reason.tag()))
                            .register(registry));
        }
    }

    void watch(Supplier<Number> queueItems, Supplier<Number> learnedElements) {
        Gauge.builder("headroom.queue.items", queueItems)
                .description("Items in the queue")
                .tags(model)
                .register(registry);
        Gauge.builder("headroom.batch.limit.elements", learnedElements)
                .description("Most padded elements that a batch may hold, as learned")
                .tags(model)
                .register(registry);
    }

    void closed(Batch batch) {
        closed.get(batch.reason()).increment();
        long now = System.nanoTime();
        batch.items().forEach(item -> queued.record(now - item.queuedNanos(), TimeUnit.NANOSECONDS));
    }

    void ran(int batchItems, long nanos) {
        items.record(batchItems);
        ran.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A batch ran that was predicted to take so many bytes above the model's own. */
    public void predicted(long bytes) {
        predicted.accumulate(bytes);
    }

    /** The most bytes above the model's own that any batch was predicted to take. */
    public long predictedPeak() {
        return predicted.get();
    }

    /** Batches that were as large as can be. */
    public long fullBatches() {
        return (long) closed.get(CloseReason.FULL).count();
    }

    void split() {
        splits.increment();
    }
}
