package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;

/**
 * The time at which a download must have ended.
 *
 * @param endNanos by the clock of {@link System#nanoTime}
 * @param caller true if that is the caller's limit, false for the setting's
 */
record TimeLimit(long endNanos, boolean caller) {

    /** The caller's time, but at most the setting's. */
    static TimeLimit of(Duration timeLeft, Duration setting) {
        boolean caller = timeLeft.compareTo(setting) < 0;
        return new TimeLimit(System.nanoTime() + (caller ? timeLeft : setting).toNanos(), caller);
    }

    /** The nanoseconds that are left; 0 or less when the time is over. */
    long leftNanos() {
        return endNanos - System.nanoTime();
    }

    /** The failure of a download that nobody waits for, to be thrown where an interrupt was caught. */
    static RequestFailedException abandoned(String name) {
        Thread.currentThread().interrupt(); // the callers of this thread have to see it, too
        return new RequestFailedException(
                new Failure.Abandoned(name + " is no longer waited for, and not downloaded."));
    }

    /** The failure of a download whose time is over. */
    RequestFailedException exceeded(String name) {
        return new RequestFailedException(
                caller
                        ? new Failure.DeadlineExceeded(name
                                + " was not downloaded in the time left; allow more time, or send the input itself.")
                        : new Failure.Unavailable(
                                name
                                        + " was not downloaded within headroom.references.timeout; try again, or raise the setting.",
                                Transfer.RETRY_AFTER));
    }
}
