package dev.headroom.request;

import java.time.Duration;

/** Who goes first. Nobody starves: what is bulk has its turn as if it had come a little later. */
public enum Priority {
    /** Somebody waits for the answer. */
    INTERACTIVE(Duration.ZERO),
    /** The answer is wanted some time, as events' are. */
    BULK(Duration.ofSeconds(2));

    private final long delayNanos;

    Priority(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** The turn of an item that was queued then, among all items. */
    public long turn(long queuedNanos) {
        return queuedNanos + delayNanos;
    }
}
