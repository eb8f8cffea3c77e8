package dev.headroom.serving;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A state that is counted at each reading and logged when it begins. It is logged again when it has ended and begins
 * anew, but never twice within 10 minutes. Used by one thread at a time.
 */
final class Alert {

    private static final long QUIET_NANOS = Duration.ofMinutes(10).toNanos();

    private final Counter counter;
    private final LongSupplier nanoTime;
    private boolean due = true;
    private boolean logged;
    private long loggedNanos;

    /** An alert by this clock, in nanoseconds. */
    Alert(Counter counter, LongSupplier nanoTime) {
        this.counter = counter;
        this.nanoTime = nanoTime;
    }

    /** The state holds: counts that, and runs the logging where it is due. */
    void holds(Runnable logging) {
        counter.increment();
        long now = nanoTime.getAsLong();
        if (due && (!logged || now - loggedNanos >= QUIET_NANOS)) {
            due = false;
            logged = true;
            loggedNanos = now;
            logging.run();
        }
    }

    /** The state does not hold: the next time it is new. */
    void over() {
        due = true;
    }
}
