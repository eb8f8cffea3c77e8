package dev.headroom.serving;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How often a model was opened and closed, for {@link ResidencyMeters}. Any thread may read; one at a time counts. */
final class ResidencyCounters {

    private final AtomicLong openings = new AtomicLong();
    private final AtomicLong evictions = new AtomicLong();
    private volatile long openingNanos;

    /** The model is open. */
    void opened() {
        openings.incrementAndGet();
    }

    /** Its opening has taken so long. */
    void took(long nanos) {
        openingNanos += nanos;
    }

    /** It was closed for others, or because it was not used. */
    void evicted() {
        evictions.incrementAndGet();
    }

    long openings() {
        return openings.get();
    }

    long evictions() {
        return evictions.get();
    }

    /** How long its openings took, all together. */
    Duration openingTime() {
        return Duration.ofNanos(openingNanos);
    }
}
