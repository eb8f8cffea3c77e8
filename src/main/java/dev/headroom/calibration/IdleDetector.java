package dev.headroom.calibration;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Waits for moments at which no caller waits for an answer. Where callers disturb them, it takes longer and longer breaks.
 * It also alternates between the middle of a pause and its beginning, because callers at a steady pace leave time right
 * after each answer.
 */
public final class IdleDetector {

    private static final Duration QUIET = Duration.ofMillis(250);
    private static final Duration JUST_ANSWERED = Duration.ofMillis(1);
    private static final long POLL_MILLIS = 5;
    private static final long LONGEST_BREAK_MILLIS = 5000;

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Supplier<Duration> idle;
    private Duration needed = QUIET;
    private long breakMillis = POLL_MILLIS;

    /** A detector that asks how long no caller has waited; the answer is negative while one does. */
    public IdleDetector(Supplier<Duration> idle) {
        this.idle = idle;
    }

    void await() throws InterruptedException {
        await(FOR_EVER);
    }

    /** Waits for an idle moment, but no longer than this. */
    public void await(Duration longest) throws InterruptedException {
        await(time -> time.compareTo(needed) >= 0, longest);
    }

    /** Waits for the first caller, but no longer than a lull has to last; true if one has come. */
    public boolean awaitCaller() throws InterruptedException {
        return await(Duration::isNegative, QUIET);
    }

    private boolean await(Predicate<Duration> reached, Duration longest) throws InterruptedException {
        long start = System.nanoTime();
        while (!reached.test(idle.get())) {
            if (System.nanoTime() - start >= longest.toNanos()) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** True if no caller has come since; takes a break otherwise. */
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
