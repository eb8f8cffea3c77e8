package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Supplier;

/** The meters of one model's batches. */
public final class BatchMeters {

    private final MeterRegistry registry;
    private final Tags model;
    private final Timer queued;
    private final Timer collated;
    private final Timer ran;
    private final Timer read;
    private final DistributionSummary items;
    private final DistributionSummary fill;
    private final Counter admitted;
    private final Counter elements;
    private final Counter padding;
    private final Counter splits;
    private final Counter retries;
    private final Counter recovered;
    private final Counter refused;
    private final Counter reopenings;
    private final Timer lost;
    private final LongAccumulator predicted = new LongAccumulator(Math::max, 0);
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);

    /** Meters tagged with the model's name. */
    public BatchMeters(MeterRegistry registry, String modelName) {
        this.registry = registry;
        model = Tags.of("model", modelName);
        queued = timer("headroom.queue", "From an item's arrival in the queue to the closing of its batch");
        collated = timer("headroom.batch.collate", "Laying a batch's rows into tensors");
        ran = timer("headroom.batch", "One run of a batch on the device, collation included unless it was prepared");
        read = timer("headroom.batch.read", "Reading a batch's answers from the output, beside the device");
        items = DistributionSummary.builder("headroom.batch.items")
                .description("Items of a batch that ran")
                .tags(model)
                .register(registry);
        fill = DistributionSummary.builder("headroom.batch.fill")
                .description("Items of a batch that ran, as a share of the most it could hold")
                .tags(model)
                .register(registry);
        admitted = counter("headroom.items.admitted", "Items that were let in");
        elements = elements("true");
        padding = elements("padding");
        splits = counter("headroom.batch.splits", "Batches, and parts of them, that ran, did not fit and were split");
        retries = counter("headroom.batch.retries", "Runs that followed on one that had not fitted");
        recovered = counter("headroom.items.recovered", "Items of batches that did not fit, answered all the same");
        refused = counter("headroom.items.unfit", "Items that did not fit alone");
        reopenings = counter("headroom.session.recreations", "Times that the session was opened anew");
        lost = timer(
                "headroom.batch.lost",
                "Time that batches which did not fit have cost: failed runs, shrinks, new sessions");
        for (CloseReason reason : CloseReason.values()) {
            closed.put(
                    reason,
                    Counter.builder("headroom.batch.closed")
                            .description("Batches closed, by reason")
                            .tags(model.and("reason", reason.tag()))
                            .register(registry));
        }
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).tags(model).register(registry);
    }

    private Counter elements(String kind) {
        return Counter.builder("headroom.batch.elements")
                .description(
                        "Elements that ran: those of the items, and those that filled the shorter ones of a batch up")
                .tags(model.and("kind", kind))
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(model).register(registry);
    }

    void watch(Supplier<Number> queueItems, Supplier<BatchLimits> limits) {
        gauge("headroom.queue.items", "Items in the queue", queueItems);
        gauge(
                "headroom.batch.limit.elements",
                "Most padded elements that a batch may hold, as learned",
                () -> limits.get().elements());
        gauge(
                "headroom.batch.limit.items",
                "Most items that a batch may hold, as learned",
                () -> limits.get().items());
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(model).register(registry);
    }

    void closed(Batch batch) {
        closed.get(batch.reason()).increment();
    }

    /** Counts how long the items of a batch that ran have queued. */
    void queued(List<Item<?>> batch) {
        for (Item<?> item : batch) {
            queued.record(item.queueNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void admitted(int more) {
        admitted.increment(more);
    }

    /** Counts a batch that ran, with its time and that of its collation. */
    void ran(List<Item<?>> batch, int mostItems, long nanos, long collateNanos) {
        items.record(batch.size());
        fill.record((double) batch.size() / mostItems);
        long unpadded = 0;
        for (Item<?> item : batch) {
            unpadded += item.elements();
        }
        elements.increment(unpadded);
        padding.increment(ItemList.padded(batch) - unpadded);
        ran.record(nanos, TimeUnit.NANOSECONDS);
        collated.record(collateNanos, TimeUnit.NANOSECONDS);
    }

    void read(long nanos) {
        read.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Notes that a batch ran that was predicted to take so many bytes above the model's own. */
    public void predicted(long bytes) {
        predicted.accumulate(bytes);
    }

    /** The most bytes above the model's own that any batch was predicted to take. */
    public long predictedPeak() {
        return predicted.get();
    }

    /** The number of batches that reached a limit. */
    public long fullBatches() {
        return (long) closed.get(CloseReason.FULL).count();
    }

    /** Counts a batch that had not fitted, once all its items have their outcome. */
    void recovery(Recovery recovery) {
        splits.increment(recovery.splits());
        retries.increment(recovery.retries());
        recovered.increment(recovery.answered());
        refused.increment(recovery.refused());
        reopenings.increment(recovery.reopenings());
        lost.record(recovery.lost());
    }
}
