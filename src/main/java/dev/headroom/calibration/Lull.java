package dev.headroom.calibration;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Finds moments at which nobody calls. Where callers come just then it takes longer and longer breaks, and tries now the
 * middle of a pause and now its beginning: callers at a steady pace leave time after each answer.
 */
public final class Lull {

    private static final Duration QUIET = Duration.ofMillis(250);
    private static final Duration JUST_ANSWERED = Duration.ofMillis(1);
    private static final long POLL_MILLIS = 5;
    private static final long LONGEST_BREAK_MILLIS = 5000;

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Supplier<Duration> idle;
    private Duration needed = QUIET;
    private long breakMillis = POLL_MILLIS;

    /** Lulls of those callers: for how long nobody has called, negative while somebody waits for an answer. */
    public Lull(Supplier<Duration> idle) {
        this.idle = idle;
    }

    void await() throws InterruptedException {
        await(FOR_EVER);
    }

    /** Waits for one, but no longer than that. */
    public void await(Duration longest) throws InterruptedException {
        long start = System.nanoTime();
        while (idle.get().compareTo(needed) < 0 && System.nanoTime() - start < longest.toNanos()) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Whether it has lasted until now; takes a break where it has not. */
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
