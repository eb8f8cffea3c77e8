package dev.headroom.plan;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every number that batching follows, for one model on one device, each with its unit, source and reason.
 *
 * @param batch most items in one batch
 * @param elements most padded elements (rows x longest row) in one batch
 * @param window longest wait of an item for others to share its batch, in milliseconds
 * @param prefetch requests admitted beyond the running batch; Knative's {@code containerConcurrency}
 * @param fetches inputs downloaded at a time
 * @param workers items tokenised or decoded at a time
 * @param lanes batches on the device at a time
 * @param timeout how long one batch may take, in milliseconds
 * @param queueItems items admitted and not yet answered
 * @param queueBytes bytes of input admitted and not yet answered
 */
public record Plan(
        Setting batch,
        Setting elements,
        Setting window,
        Setting prefetch,
        Setting fetches,
        Setting workers,
        Setting lanes,
        Setting timeout,
        Setting queueItems,
        Setting queueBytes) {

    /** The settings by the name under which {@code GET /plan}, the log and {@code headroom_plan} show them. */
    public Map<String, Setting> settings() {
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put("batch", batch);
        settings.put("elements", elements);
        settings.put("window", window);
        settings.put("prefetch", prefetch);
        settings.put("fetches", fetches);
        settings.put("workers", workers);
        settings.put("lanes", lanes);
        settings.put("timeout", timeout);
        settings.put("queue-items", queueItems);
        settings.put("queue-bytes", queueBytes);
        return settings;
    }

    /** {@link #window} as a duration. */
    public Duration windowTime() {
        return Duration.ofMillis(window.value());
    }

    /** {@link #timeout} as a duration. */
    public Duration timeoutTime() {
        return Duration.ofMillis(timeout.value());
    }

    /** The plan as the start log prints it: one line for each setting. */
    public String table() {
        StringBuilder table = new StringBuilder();
        settings()
                .forEach((name, setting) -> table.append("%n  %-12s %,10d %-8s %-9s %s"
                        .formatted(name, setting.value(), setting.unit(), setting.source(), setting.reason())));
        return table.toString();
    }
}
