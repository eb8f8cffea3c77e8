package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import org.HdrHistogram.Histogram;

/**
 * Counts the answers of the measured time. In a closed loop that begins and ends with an answer and holds whole rounds
 * of the bodies, so that each point is measured on the same texts; in an open one it holds what was due in it.
 */
final class LoadTally {

    private static final int OK = 200;
    private static final int TIMEOUT = 504;

    /** The longest that a closed loop waits for the end of a round. */
    private static final long OVERTIME_NANOS = 15_000_000_000L;

    private final boolean closed;
    private final int round;
    private final Histogram micros = new Histogram(3);
    private final long from;
    private final long until;
    private final long atLast;
    private Faults faults = Faults.NONE;
    private long firstNanos = -1;
    private long lastNanos;
    private long answered;
    private boolean complete;

    LoadTally(LoadOrder order, int bodies, long startNanos) {
        Time time = order.time();
        closed = order.demand() instanceof Demand.Closed;
        round = bodies;
        from = startNanos + (long) (time.warmUp() * 1e9);
        until = from + (long) (time.measured() * 1e9);
        atLast = until + OVERTIME_NANOS;
    }

    /** True if a request that is due now is still to be sent. */
    boolean open(long due) {
        return closed ? !complete && due < atLast : due < until;
    }

    /** A request has its answer. */
    void answered(int status, long intended, long now) {
        if (closed && firstNanos < 0) {
            firstNanos = now >= from ? now : -1; // the measured time begins
            return;
        }
        if (complete || !closed && intended < from) {
            return;
        }
        count(status, now - intended);
        lastNanos = now;
        complete = closed && now >= until && answered % round == 0;
    }

    private void count(int status, long nanos) {
        answered++;
        if (status == OK) {
            micros.recordValue(nanos / 1000);
        } else {
            fault(status);
        }
    }

    private void fault(int status) {
        faults = faults.plus(status == TIMEOUT ? new Faults(1, 0) : new Faults(0, 1));
    }

    /** A connection broke under a request. */
    void broken(long intended) {
        if (intended >= from) {
            faults = faults.plus(new Faults(0, 1));
        }
    }

    /** The result, for so many requests sent and so many never answered. */
    LoadResult result(long sent, long unanswered) {
        double seconds = closed ? (lastNanos - firstNanos) / 1e9 : (until - from) / 1e9;
        return new LoadResult(
                micros.getTotalCount() / seconds,
                Latency.ofMicros(micros),
                faults.plus(new Faults(unanswered, 0)),
                sent);
    }
}
