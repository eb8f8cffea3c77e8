package dev.headroom.function;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Bounds how many lines callers can have written to the log: so many a second, and a count of what was left out. Any thread may ask. */
final class LogLimit {

    private static final long SECOND = 1_000_000_000;

    private final int most;
    private final LongSupplier nanoTime;
    private long since;
    private int written;
    private long leftOut;

    /**
     * A limit of so many lines a second.
     *
     * @param nanoTime a clock that never goes back
     */
    LogLimit(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** Whether a line may be written now: how many were left out in the second before, or nothing where this one is, too. */
    synchronized OptionalLong permit() {
        long now = nanoTime.getAsLong();
        long before = 0;
        if (now - since >= SECOND) {
            since = now;
            written = 0;
            before = leftOut;
            leftOut = 0;
        }
        if (written >= most) {
            leftOut++;
            return OptionalLong.empty();
        }
        written++;
        return OptionalLong.of(before);
    }
}
