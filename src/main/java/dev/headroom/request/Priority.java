package dev.headroom.request;

import java.time.Duration;

/** The order in which items go. No item starves: a bulk item has its turn as if it had come a little later. */
public enum Priority {
    /** A person or program waits for the answer. */
    INTERACTIVE(Duration.ZERO),
    /** The answer is not urgent, as for events. */
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
