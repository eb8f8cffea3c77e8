package dev.headroom.calibration;

import dev.headroom.calibration.Samples.Shape;
import dev.headroom.tensor.Row;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The rows that a calibration measures with.
 *
 * @param ofLength makes a row of so many elements
 * @param shortest elements of a short row
 * @param longest elements of the longest row that is served
 */
public record CalibrationRows(LongFunction<Row> ofLength, long shortest, long longest) {

    private static final int LONGEST_TO_SHORT = 16; // a sentence where a page would fit
    private static final int LONGEST_SHORT_ROW = 32;

    /** Rows of any length up to the longest. */
    public static CalibrationRows upTo(long longest, LongFunction<Row> ofLength) {
        return new CalibrationRows(ofLength, Math.clamp(longest / LONGEST_TO_SHORT, 1, LONGEST_SHORT_ROW), longest);
    }

    /** Rows that are all like this one. */
    public static CalibrationRows like(Row row) {
        return new CalibrationRows(length -> row, row.elements(), row.elements());
    }

    List<Row> of(Shape shape) {
        return Collections.nCopies(shape.batch(), ofLength.apply(shape.length()));
    }
}
