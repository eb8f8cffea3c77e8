package dev.headroom.batch;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Lets some lines through at once and then one from time to time, and counts the others. Any thread may ask. */
final class LogRate {

    private static final int AT_ONCE = 5;
    private static final long ONE_EACH_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoTime;
    private long lastNanos;
    private long saved = AT_ONCE * ONE_EACH_NANOS;
    private int left;

    /** A rate by this clock, in nanoseconds. */
    LogRate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Asks to write a line: how many were left out since the last one; empty where this one is left out too. */
    synchronized OptionalInt permit() {
        long now = nanoTime.getAsLong();
        saved = Math.min(AT_ONCE * ONE_EACH_NANOS, saved + now - lastNanos);
        lastNanos = now;
        if (saved < ONE_EACH_NANOS) {
            left++;
            return OptionalInt.empty();
        }
        saved -= ONE_EACH_NANOS;
        int leftOut = left;
        left = 0;
        return OptionalInt.of(leftOut);
    }
}
