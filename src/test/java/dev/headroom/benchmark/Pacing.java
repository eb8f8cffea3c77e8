package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Time;

/**
 * The durations of the measurements.
 *
 * @param seconds for a point
 */
record Pacing(double seconds) {

    /** Measurements of a point, each beside one of what it is compared with. */
    static final int ROUNDS = 3;

    /** A server's code is compiled while it runs. */
    private static final double LEAST_COLD = 40;

    /** One of many, to choose by. */
    double glance() {
        return seconds / 4;
    }

    /** The measurements that a server is compared with. */
    double yardstick() {
        return seconds / 2;
    }

    /** A load on a warm server. */
    Time load() {
        return new Time(1, seconds);
    }

    /** A load at a rate below the capacity, which takes longer to settle. */
    Time longLoad() {
        return new Time(1, 2 * seconds);
    }

    /** The first load on a server. */
    Time coldLoad() {
        return new Time(0, Math.max(LEAST_COLD, 4 * seconds));
    }
}
