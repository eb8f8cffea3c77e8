package dev.headroom.serving;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Something that is said when it begins, and again when it has ended and begins anew, but never twice within the quiet time.
 * Used by one thread at a time.
 */
final class Remark {

    private final long quietNanos;
    private final LongSupplier nanoTime;
    private boolean due = true;
    private boolean said;
    private long saidNanos;

    /** A remark by this clock, in nanoseconds. */
    Remark(Duration quiet, LongSupplier nanoTime) {
        this.quietNanos = quiet.toNanos();
        this.nanoTime = nanoTime;
    }

    /** It is so; whether it is to be said now. */
    boolean holds() {
        long now = nanoTime.getAsLong();
        if (!due || said && now - saidNanos < quietNanos) {
            return false;
        }
        due = false;
        said = true;
        saidNanos = now;
        return true;
    }

    /** It is not so: the next time it is something new. */
    void over() {
        due = true;
    }
}
