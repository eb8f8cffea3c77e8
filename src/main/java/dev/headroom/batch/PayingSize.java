package dev.headroom.batch;

import dev.headroom.batch.LoadWindow.Outcome;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.Sample;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The largest size of a batch that was found to pay.
 *
 * @param items the limit that the batches filled
 * @param outcome the batches
 * @param chosenRate their rate when the size was chosen
 * @param slope nanoseconds that each padded element more takes
 */
record PayingSize(int items, Outcome outcome, double chosenRate, double slope) {

    /** A doubling pays if it answers so much more in time. */
    private static final double WORTHWHILE_GAIN = 0.025;

    /** The first size: nothing tells yet that a larger batch takes less than its proportion. */
    static PayingSize first(int items, Outcome outcome) {
        return new PayingSize(items, outcome, outcome.rate(), proportion(outcome));
    }

    /** The size that an earlier process has kept. */
    static PayingSize kept(GrownBatch known) {
        Sample ran = known.ran();
        double nanos = Math.max(1, ran.time().toNanos());
        return first(
                known.items(),
                new Outcome(ran.batch(), ran.elements(), nanos, 0, ran.elements() / nanos, Optional.empty()));
    }

    /** The size of larger batches that pay. */
    PayingSize then(int larger, Outcome now) {
        double between = (now.nanos() - outcome.nanos()) / (now.elements() - outcome.elements());
        double known = now.isLargerThan(outcome) ? Math.clamp(between, 0, proportion(now)) : slope;
        return new PayingSize(larger, now, now.rate(), known);
    }

    /** The same size, measured again. */
    PayingSize again(Outcome now) {
        return new PayingSize(items, now.after(outcome), chosenRate, slope);
    }

    private static double proportion(Outcome outcome) {
        return outcome.nanos() / outcome.elements();
    }

    /** True if these larger batches answer clearly more in time. */
    boolean isOutdoneBy(Outcome larger) {
        double doublings = Math.log(larger.elements() / outcome.elements()) / Math.log(2);
        return doublings > 0 && larger.rate() > outcome.rate() * (1 + WORTHWHILE_GAIN * doublings);
    }

    /** The rate now, as a multiple of that when the size was chosen. */
    double change() {
        return outcome.rate() / chosenRate;
    }

    /** The most items of a batch that should take no longer than this. */
    long within(double nanos) {
        double more = Math.max(0, nanos - outcome.nanos()) / Math.max(1e-9, slope * outcome.elements());
        return (long) (items * (1 + more));
    }

    /** The size as it is kept for the next start. */
    GrownBatch kept(int patience) {
        int rows = (int) Math.max(1, Math.round(outcome.rows()));
        long length = Math.max(1, Math.round(outcome.elements() / outcome.rows()));
        Duration time = Duration.ofNanos((long) outcome.nanos());
        return new GrownBatch(items, new Sample(rows, length, OptionalLong.empty(), time), patience);
    }
}
