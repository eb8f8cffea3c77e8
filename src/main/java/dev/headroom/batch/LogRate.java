package dev.headroom.batch;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Limits the rate of log lines, and counts those that are left out. Any thread may call it. */
public final class LogRate {

    private static final int AT_ONCE = 5;
    private static final Duration ONE_EACH = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final long mostNanos;
    private final long oneEachNanos;
    private long lastNanos;
    private long saved;
    private int left;

    /** A rate of five lines at once and then one every ten seconds, by this clock in nanoseconds. */
    LogRate(LongSupplier nanoTime) {
        this(AT_ONCE, ONE_EACH, nanoTime);
    }

    /**
     * A rate.
     *
     * @param atOnce the number of lines that may be written at once
     * @param oneEach the time after which one more may be written
     * @param nanoTime the clock, in nanoseconds
     */
    public LogRate(int atOnce, Duration oneEach, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.oneEachNanos = oneEach.toNanos();
        this.mostNanos = atOnce * oneEachNanos;
        this.saved = mostNanos;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Returns the number of lines left out since the last one; empty where this line is to be left out too. */
    public synchronized OptionalInt permit() {
        long now = nanoTime.getAsLong();
        saved = Math.min(mostNanos, saved + now - lastNanos);
        lastNanos = now;
        if (saved < oneEachNanos) {
            left++;
            return OptionalInt.empty();
        }
        saved -= oneEachNanos;
        int leftOut = left;
        left = 0;
        return OptionalInt.of(leftOut);
    }
}
