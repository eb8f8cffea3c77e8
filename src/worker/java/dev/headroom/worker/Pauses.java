package dev.headroom.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The pauses between two tries: they double, and end at once when the worker drains. Any thread may call. */
final class Pauses {

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 10;

    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * The pause after so many tries that failed.
     *
     * @param failed at least 1
     * @param least what the failure asks for
     */
    static Duration after(int failed, Optional<Duration> least) {
        Duration doubled = FIRST.multipliedBy(1L << Math.clamp(failed - 1, 0, MOST_DOUBLINGS));
        Duration wanted = least.filter(time -> time.compareTo(doubled) > 0).orElse(doubled);
        return wanted.compareTo(LONGEST) < 0 ? wanted : LONGEST;
    }

    /** Waits; false if the pauses have ended meanwhile. */
    boolean pause(Duration time) {
        try {
            return !ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends all pauses, those to come too. */
    void end() {
        ended.countDown();
    }
}
