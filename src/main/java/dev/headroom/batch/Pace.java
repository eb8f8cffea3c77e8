package dev.headroom.batch;

import java.time.Duration;

/** How long batches take, as a moving average, and what follows for those who wait. */
final class Pace {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private volatile long batchNanos;

    /** A batch took so long; called on the device's thread alone. */
    void ran(long nanos) {
        batchNanos = batchNanos == 0 ? nanos : (7 * batchNanos + nanos) / 8;
    }

    /** No item waits for others longer than a batch takes: by then it could have been answered. */
    BatchWindow window(Duration longest) {
        Duration batch = Duration.ofNanos(batchNanos);
        return new BatchWindow(batch.isPositive() && batch.compareTo(longest) < 0 ? batch : longest);
    }

    /** How long the device needs for so many batches; at least a second. */
    Duration drainTime(long batches) {
        Duration time = Duration.ofNanos(batchNanos).multipliedBy(batches);
        return time.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : time;
    }
}
