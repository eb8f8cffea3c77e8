package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.MemorySize;

/** Derives how much work is admitted: requests beside the running batch, and what may wait in the queue. */
record AdmissionPlanner(long heapBytes, HeadroomConfig config) {

    private static final long MOST_QUEUED = 65_536;

    /**
     * The requests to admit beyond the running batch.
     *
     * @param running batches that run at a time
     */
    Setting prefetch(Setting batch, long running) {
        long batches = running + 1;
        String reason = "%d x batch: %s while the next one forms"
                .formatted(batches, running == 1 ? "one batch runs" : running + " batches run");
        return Setting.derived(batches * batch.value(), "requests", reason)
                .overriddenBy("headroom.prefetch", config.prefetch());
    }

    /** The items that are admitted and not yet answered. */
    Setting queueItems(Setting prefetch) {
        String reason = "64 items for each of the prefetched requests, at most %,d".formatted(MOST_QUEUED);
        return Setting.derived(Math.min(MOST_QUEUED, 64 * prefetch.value()), "items", reason)
                .overriddenBy("headroom.queue.max-items", config.queue().maxItems());
    }

    /** The bytes of input that are admitted and not yet answered. */
    Setting queueBytes() {
        String reason = "an eighth of the largest heap, " + Bytes.text(heapBytes);
        return Setting.derived(heapBytes / 8, "bytes", reason)
                .overriddenBy(
                        "headroom.queue.max-bytes",
                        config.queue().maxBytes().stream()
                                .mapToLong(MemorySize::asLongValue)
                                .findFirst());
    }
}
