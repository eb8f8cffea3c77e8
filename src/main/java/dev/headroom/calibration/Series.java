package dev.headroom.calibration;

import dev.headroom.calibration.Samples.Shape;
import dev.headroom.measured.SeriesEnd;
import java.time.Duration;
import java.util.Optional;

/** A series of growing batches of rows of one length. */
final class Series {

    private static final int MOST_ROWS = 4096;

    /** Smaller batches end so soon that the machine's other work decides their time. */
    private static final long ENOUGH_ELEMENTS = 512;

    /** A doubling that raises throughput by less than this does not pay; two in a row end a series. */
    private static final double WORTHWHILE_GAIN = 1.05;

    private final long length;
    private final Samples samples;
    private int batch = 1;
    private Duration last = Duration.ZERO;
    private double[] rates = {0, 0, 0}; // of the last three batches, the newest last
    private double best;
    private boolean disturbed; // each run of the last batch

    /** A series of which nothing has run. */
    Series(long length, Samples samples) {
        this.length = length;
        this.samples = samples;
    }

    long length() {
        return length;
    }

    /** The batch that is to run next. */
    Shape next() {
        return new Shape(batch, length);
    }

    /** The bytes that the next batch should take, the model included; 0 where too little is known. */
    long predictedBytes() {
        return samples.predictedBytes(next());
    }

    /** False if the next batch would take too much; a single row runs in any case. */
    boolean fits(CalibrationBudget budget) {
        return batch == 1 || predictedBytes() <= budget.bytes();
    }

    /** The best rate so far. */
    double best() {
        return best;
    }

    /** Why no larger batch should run, whatever its memory; empty while one should. */
    Optional<SeriesEnd.Reason> end(CalibrationBudget budget) {
        boolean rising = rates[1] >= WORTHWHILE_GAIN * rates[0] || rates[2] >= WORTHWHILE_GAIN * rates[1];
        if (!rising && batch / 2 * length >= ENOUGH_ELEMENTS) {
            return Optional.of(disturbed ? SeriesEnd.Reason.DISTURBED : SeriesEnd.Reason.THROUGHPUT);
        }
        if (batch > MOST_ROWS) {
            return Optional.of(SeriesEnd.Reason.ROWS);
        }
        return last.multipliedBy(2).compareTo(budget.time()) > 0
                ? Optional.of(SeriesEnd.Reason.TIME)
                : Optional.empty();
    }

    /** Notes that the next batch has run. */
    void ran() {
        last = samples.time(next());
        disturbed = samples.disturbed(next());
        rates = new double[] {rates[1], rates[2], samples.rate(next())};
        best = Math.max(best, rates[2]);
        batch *= 2;
    }
}
