package dev.headroom.calibration;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Waits for moments without callers, so that a measurement runs alone. If callers come during one, it takes longer and
 * longer breaks. It then tries the beginning and the middle of a pause in turns, because callers at a steady pace leave time
 * after each answer.
 */
public final class QuietPeriod {

    private static final Duration QUIET = Duration.ofMillis(250);
    private static final Duration JUST_ANSWERED = Duration.ofMillis(1);
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final long POLL_MILLIS = 5;
    private static final long LONGEST_BREAK_MILLIS = 5000;

    private final Supplier<Duration> idle;
    private Duration needed = QUIET;
    private long breakMillis = POLL_MILLIS;

    /**
     * Quiet periods of a service.
     *
     * @param idle for how long nobody has called; negative while a caller waits for an answer
     */
    public QuietPeriod(Supplier<Duration> idle) {
        this.idle = idle;
    }

    void await() throws InterruptedException {
        await(FOR_EVER);
    }

    /** Waits for one, but no longer than this. */
    public void await(Duration longest) throws InterruptedException {
        long start = System.nanoTime();
        while (idle.get().compareTo(needed) < 0 && System.nanoTime() - start < longest.toNanos()) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** True if no caller waits now; takes a break otherwise. */
    boolean lasted() throws InterruptedException {
        if (!idle.get().isNegative()) {
            breakMillis = Math.max(POLL_MILLIS, breakMillis / 2);
            return true;
        }
        Thread.sleep(breakMillis);
        breakMillis = Math.min(LONGEST_BREAK_MILLIS, 2 * breakMillis);
        needed = needed.equals(QUIET) ? JUST_ANSWERED : QUIET;
        return false;
    }
}
