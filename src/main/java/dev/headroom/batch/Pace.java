package dev.headroom.batch;

import dev.headroom.plan.Plan;
import dev.headroom.plan.Source;
import java.time.Duration;

/** How long batches take and how many items they hold, as moving averages, and the times that follow from them. */
final class Pace {

    /** A burst of requests arrives within this; waiting for it should cost less than it gains. */
    private static final Duration LONGEST_SETTLING = Duration.ofMillis(1);

    private static final int SETTLING_OF_A_BATCH = 16;

    /** A busy machine may take so many times longer for a batch of the same kind. */
    private static final int TIMES_LONGER = 4;

    /** No platform lets a request wait longer. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private double batchNanos;
    private volatile double slowNanos;
    private double batchItems;

    /** A batch of so many items took so long. */
    synchronized void ran(int items, long nanos) {
        batchNanos = batchNanos == 0 ? nanos : (7 * batchNanos + nanos) / 8;
        batchItems = batchItems == 0 ? items : (7 * batchItems + items) / 8;
        slowNanos = Math.max(nanos, (7 * slowNanos + nanos) / 8); // rises at once, falls slowly
    }

    /** How long a batch may take: as the operator has set, else as planned, or longer after slow batches. */
    Duration timeout(Plan plan) {
        Duration planned = plan.timeoutTime();
        return plan.timeout().source() == Source.SET ? planned : timeout(planned);
    }

    /** The planned time, or four times that of the slowest of the last batches if that is more. */
    Duration timeout(Duration planned) {
        Duration seen = Duration.ofNanos((long) (slowNanos * TIMES_LONGER));
        return greatest(planned, least(seen, LONGEST_TIMEOUT));
    }

    /** The window: at most a batch's time, because an item that waits longer could have been answered by then. */
    synchronized BatchWindow window(Duration longest) {
        Duration batch = Duration.ofNanos((long) batchNanos);
        Duration settling = least(LONGEST_SETTLING, Duration.ofNanos((long) batchNanos / SETTLING_OF_A_BATCH));
        return new BatchWindow(batch.isPositive() ? least(batch, longest) : longest, settling);
    }

    /** How long so many lanes need for so many items; zero until a batch has run. */
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
