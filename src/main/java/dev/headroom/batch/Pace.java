package dev.headroom.batch;

import java.time.Duration;

/** How long batches take and what they hold, as moving averages, and what follows for those who wait. */
final class Pace {

    /** A burst of requests arrives within this; waiting for it should cost less than it gains. */
    private static final Duration LONGEST_SETTLING = Duration.ofMillis(1);

    private static final int SETTLING_OF_A_BATCH = 16;

    /** A batch of the same kind may take so many times longer on a machine that is busier. */
    private static final int TIMES_LONGER = 4;

    /** No platform lets a request wait longer, so no batch is given more for what others took. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private double batchNanos;
    private double slowNanos;
    private double batchItems;

    /** A batch of so many items took so long. */
    synchronized void ran(int items, long nanos) {
        batchNanos = batchNanos == 0 ? nanos : (7 * batchNanos + nanos) / 8;
        batchItems = batchItems == 0 ? items : (7 * batchItems + items) / 8;
        slowNanos = Math.max(nanos, (7 * slowNanos + nanos) / 8); // up at once, down by and by
    }

    /** How long a batch may take: as planned, or four times what the slowest of the last ones took. */
    synchronized Duration timeout(Duration planned) {
        Duration seen = Duration.ofNanos((long) slowNanos).multipliedBy(TIMES_LONGER);
        return greatest(planned, least(seen, LONGEST_TIMEOUT));
    }

    /** No item waits for others longer than a batch takes: by then it could have been answered. */
    synchronized BatchWindow window(Duration longest) {
        Duration batch = Duration.ofNanos((long) batchNanos);
        Duration settling = least(LONGEST_SETTLING, batch.dividedBy(SETTLING_OF_A_BATCH));
        return new BatchWindow(batch.isPositive() ? least(batch, longest) : longest, settling);
    }

    /** How long a device of so many lanes needs for so many items; zero as long as nothing has run. */
    synchronized Duration drainTime(long items, int lanes) {
        return batchItems == 0
                ? Duration.ZERO
                : Duration.ofNanos((long) (items * batchNanos / batchItems / Math.max(1, lanes)));
    }

    private static Duration greatest(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
