package dev.headroom.batch;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Lets some lines through at once and then one from time to time, and counts the others. Any thread may ask. */
public final class LogRate {

    private static final int AT_ONCE = 5;
    private static final Duration ONE_EACH = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final long mostNanos;
    private final long oneEachNanos;
    private long lastNanos;
    private long saved;
    private int left;

    /** Five lines at once, then one each ten seconds, by this clock in nanoseconds. */
    LogRate(LongSupplier nanoTime) {
        this(AT_ONCE, ONE_EACH, nanoTime);
    }

    /**
     * A rate.
     *
     * @param atOnce lines that are let through at once
     * @param oneEach the time in which one more is
     * @param nanoTime when it is, in nanoseconds
     */
    public LogRate(int atOnce, Duration oneEach, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.oneEachNanos = oneEach.toNanos();
        this.mostNanos = atOnce * oneEachNanos;
        this.saved = mostNanos;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Asks to write a line: how many were left out since the last one; empty where this one is left out too. */
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
