package dev.headroom.calibration;

import java.time.Duration;

/**
 * The time of a run.
 *
 * @param disturbed true if other work had the processor for a part of it
 */
record RunTime(Duration time, boolean disturbed) {

    /** A run that has waited for a processor for a larger share of its time says little of the device. */
    private static final double LITTLE = 0.05;

    /** A run that is under way on the calling thread. */
    record Started(RunClock clock, long nanos, long waitedNanos) {

        /** The run's time until now, on the thread that started it. */
        RunTime end() {
            long took = clock.nanos() - nanos;
            return new RunTime(Duration.ofNanos(took), clock.waitedNanos() - waitedNanos > LITTLE * took);
        }
    }

    static Started start(RunClock clock) {
        long waited = clock.waitedNanos();
        return new Started(clock, clock.nanos(), waited);
    }

    /** The longer of two runs side by side, disturbed if one of them was. */
    RunTime longer(RunTime other) {
        Duration longer = time.compareTo(other.time) >= 0 ? time : other.time;
        return new RunTime(longer, disturbed || other.disturbed);
    }
}
