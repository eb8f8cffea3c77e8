package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import java.util.Random;

/** When requests should be sent. */
interface Arrivals {

    /** When the next request should be sent, by {@link System#nanoTime}; not later than now in a closed loop. */
    long next(long now);

    /** The next request is on its way. */
    void taken();

    /** Most connections. */
    int connections();

    static Arrivals of(Demand demand, long startNanos) {
        return switch (demand) {
            case Demand.Closed(int callers) -> new Closed(callers);
            case Demand.Open(double perSecond) -> new Poisson(perSecond, startNanos);
        };
    }

    /** A request as soon as a connection is free. */
    record Closed(int connections) implements Arrivals {

        @Override
        public long next(long now) {
            return now;
        }

        @Override
        public void taken() {
            // the next one may follow at once
        }
    }

    /** Independent callers, who do not know of each other. */
    final class Poisson implements Arrivals {

        private static final int MOST_CONNECTIONS = 1024;
        private static final long SEED = 7;

        private final Random random = new Random(SEED);
        private final double meanNanos;
        private long next;

        Poisson(double perSecond, long startNanos) {
            meanNanos = 1e9 / perSecond;
            next = startNanos;
        }

        @Override
        public long next(long now) {
            return next;
        }

        @Override
        public void taken() {
            next += (long) (meanNanos * random.nextExponential());
        }

        @Override
        public int connections() {
            return MOST_CONNECTIONS;
        }
    }
}
