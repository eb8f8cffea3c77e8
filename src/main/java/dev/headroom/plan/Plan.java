package dev.headroom.plan;

import dev.headroom.measured.LearnedLimits;
import dev.headroom.measured.MemoryProfile;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Every number that batching follows, for one model on one device, each with its unit, source and reason.
 *
 * @param batch most items in one batch
 * @param elements most padded elements (rows x longest row) in one batch
 * @param memory most bytes that the model and a batch of more than one item may take, in one of the lanes where there are
 *     several
 * @param window longest wait of an item for others to share its batch, in milliseconds
 * @param prefetch requests admitted beyond the running batch
 * @param fetches inputs downloaded at a time
 * @param workers items tokenised at a time; images decoded at a time, but at most one fewer than the cores
 * @param lanes batches on the device at a time
 * @param threads threads that a session may use for them
 * @param alone most items of a batch that runs on all cores while nothing else runs
 * @param runCost the fixed cost of a run, in padded elements
 * @param timeout how long one batch may take, in milliseconds
 * @param queueItems items admitted and not yet answered
 * @param queueBytes bytes of input admitted and not yet answered
 * @param directMemory bytes outside the heap for the batches' inputs and outputs; {@code MaxDirectMemorySize} must be at least
 *     this
 * @param knative the numbers for Knative
 * @param profile predicts the memory of a batch; empty where nothing is known of the model's memory
 * @param growth how far batches go on growing under load; empty where they do not
 */
public record Plan(
        Setting batch,
        Setting elements,
        Setting memory,
        Setting window,
        Setting prefetch,
        Setting fetches,
        Setting workers,
        Setting lanes,
        Setting threads,
        Setting alone,
        Setting runCost,
        Setting timeout,
        Setting queueItems,
        Setting queueBytes,
        Setting directMemory,
        KnativePlan knative,
        Optional<MemoryProfile> profile,
        Optional<GrowthRoom> growth) {

    /** The settings by the name under which {@code GET /plan}, the log and {@code headroom_plan} show them. */
    public Map<String, Setting> settings() {
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put("batch", batch);
        settings.put("elements", elements);
        settings.put("memory", memory);
        settings.put("window", window);
        settings.put("prefetch", prefetch);
        settings.put("fetches", fetches);
        settings.put("workers", workers);
        settings.put("lanes", lanes);
        settings.put("threads", threads);
        settings.put("alone", alone);
        settings.put("run-cost", runCost);
        settings.put("timeout", timeout);
        settings.put("queue-items", queueItems);
        settings.put("queue-bytes", queueBytes);
        settings.put("direct-memory", directMemory);
        settings.putAll(knative.settings());
        return settings;
    }

    /** This plan with the limits that out-of-memory errors have taught, for people to read. */
    public Plan learned(LearnedLimits limits) {
        return with(
                limits.items().map(limit -> batch.learned(limit.most())).orElse(batch),
                limits.elements().map(limit -> elements.learned(limit.most())).orElse(elements));
    }

    /** This plan with batches of so many items, and of as many padded elements for each item as now. */
    public Plan grown(int items) {
        long most = growth.map(GrowthRoom::elements).orElse(elements.value());
        long grown = Math.clamp(elements.value() * items / batch.value(), 1, most);
        return items == batch.value()
                ? this
                : with(
                        new Setting(items, batch.unit(), Source.CALIBRATED, "tried under load"),
                        new Setting(grown, elements.unit(), Source.CALIBRATED, "tried under load"));
    }

    private Plan with(Setting otherBatch, Setting otherElements) {
        return new Plan(
                otherBatch,
                otherElements,
                memory,
                window,
                prefetch,
                fetches,
                workers,
                lanes,
                threads,
                alone,
                runCost,
                timeout,
                queueItems,
                queueBytes,
                directMemory,
                knative,
                profile,
                growth);
    }

    /** {@link #window} as a duration. */
    public Duration windowTime() {
        return Duration.ofMillis(window.value());
    }

    /** {@link #timeout} as a duration. */
    public Duration timeoutTime() {
        return Duration.ofMillis(timeout.value());
    }

    /**
     * The most rows of this length that may share a batch. They must be within the items, the padded elements and, unless the
     * operator forces the items, the memory. One row is never held back for its memory: only the device can tell that
     * it does not fit.
     */
    public long mostRows(long length) {
        long most = Math.min(batch.value(), elements.value() / length);
        if (most <= 1 || batch.source() == Source.SET || profile.isEmpty()) {
            return most;
        }
        return Math.clamp(profile.get().mostRows(memory.value(), length), 1, most);
    }

    /** True if so many rows of this length may share a batch. */
    public boolean allows(long rows, long length) {
        return rows <= mostRows(length);
    }
}
