package dev.headroom.calibration;

import dev.headroom.calibration.Samples.Shape;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures a model on its device: growing batches of short rows, then of the longest, until the memory's target share
 * would be exceeded, throughput no longer rises, or a caller might have to wait too long. Each run is a batch like any other: it waits for the gate and gives
 * it back, so that a caller waits for one of them at most.
 */
public final class Calibrator {

    private static final int LONGEST_TO_SHORT = 16; // a sentence where a page would fit
    private static final int LONGEST_SHORT_ROW = 32;
    private static final int MOST_ROWS = 4096;

    /** Smaller batches end so soon that the machine's other work decides their time. */
    private static final long ENOUGH_ELEMENTS = 512;

    /** A doubling that raises throughput by less than this does not pay; two in a row end a series. */
    private static final double WORTHWHILE_GAIN = 1.05;

    private final Model model;
    private final Rows rows;
    private final DeviceMemory memory;
    private final Samples samples;
    private final ShapeRuns runs;

    /**
     * A calibrator of a model that has been opened and has not run yet.
     *
     * @param openedBytes the memory of the device that the model took when it was opened
     */
    public Calibrator(Model model, Rows rows, DeviceMemory memory, long openedBytes) {
        this(model, rows, memory, openedBytes, System::nanoTime);
    }

    /** The same with another clock. */
    Calibrator(Model model, Rows rows, DeviceMemory memory, long openedBytes, LongSupplier nanoTime) {
        this.model = model;
        this.rows = rows;
        this.memory = memory;
        samples = new Samples(openedBytes);
        runs = new ShapeRuns(model, rows, memory, samples, nanoTime);
    }

    /**
     * The rows to measure with.
     *
     * @param ofLength makes a row of so many elements
     * @param shortest elements of a short row
     * @param longest elements of the longest row that is served
     */
    public record Rows(LongFunction<Row> ofLength, long shortest, long longest) {

        /** Rows of any length up to the longest. */
        public static Rows upTo(long longest, LongFunction<Row> ofLength) {
            return new Rows(ofLength, Math.clamp(longest / LONGEST_TO_SHORT, 1, LONGEST_SHORT_ROW), longest);
        }

        /** Rows that are all like this one. */
        public static Rows like(Row row) {
            return new Rows(length -> row, row.elements(), row.elements());
        }

        List<Row> of(Shape shape) {
            return Collections.nCopies(shape.batch(), ofLength.apply(shape.length()));
        }
    }

    /**
     * Runs the first batches, on the calling thread, which is the device's. They are the slowest, because libraries
     * prepare themselves at first use. Their memory counts: the device tells only the most that it ever held, so that
     * small batches have to come first.
     *
     * @param longest checks the output of a row of the greatest length
     * @throws RunFailedException when the model does not run
     */
    public void warmUp(Consumer<BatchOutput> longest) throws RunFailedException {
        long held = memory.heldBytes();
        model.run(rows.of(new Shape(1, rows.shortest()))).close();
        model.shrink();
        samples.addBase(Math.max(0, memory.heldBytes() - held)); // the workspaces of a GPU's libraries
        for (Shape shape : List.of(new Shape(4, rows.shortest()), new Shape(1, rows.longest()))) {
            runs.runHere(shape, shape.length() == rows.longest() ? longest : output -> {});
        }
    }

    /** Notes that another session of the model was opened, whose bytes every batch has beside it from now on. */
    public void opened(long bytes) {
        samples.addToAll(bytes);
    }

    /** The bytes of the device that the warm model takes without a batch. */
    public long baseBytes() {
        return samples.baseBytes();
    }

    /**
     * Measures while no caller waits.
     *
     * @param gate the way to the device
     * @param idle how long no caller has waited for an answer, negative while one does; a run that a caller disturbed is
     *     repeated
     * @throws IllegalStateException when a batch failed for another reason than memory
     */
    public Calibration sweep(Gate gate, CalibrationBudget budget, Supplier<Duration> idle) throws InterruptedException {
        IdleDetector detector = new IdleDetector(idle);
        samples.end(rows.shortest(), sweep(rows.shortest(), gate, budget, detector));
        if (rows.longest() > rows.shortest()) {
            samples.end(rows.longest(), sweep(rows.longest(), gate, budget, detector));
        }
        gate.call(() -> {
            model.shrink(); // a GPU's arena keeps the memory that the largest batch took from the other models
            return null;
        });
        return samples.calibration();
    }

    private SeriesEnd.Reason sweep(long length, Gate gate, CalibrationBudget budget, IdleDetector idle)
            throws InterruptedException {
        double[] rates = {0, 0, 0}; // of the last three batches, the newest last
        Duration last = Duration.ZERO;
        double best = 0;
        for (int batch = 1; batch <= MOST_ROWS; batch *= 2) {
            Shape shape = new Shape(batch, length);
            if (last.multipliedBy(2).compareTo(budget.time()) > 0) {
                return SeriesEnd.Reason.TIME;
            }
            long predicted = samples.predictedBytes(shape);
            boolean fits = batch == 1 || predicted <= budget.bytes();
            if (!fits || !runs.measure(shape, gate, idle, best)) {
                samples.stopAt(Math.min(budget.bytes(), predicted));
                return SeriesEnd.Reason.MEMORY;
            }
            last = samples.time(shape);
            best = Math.max(best, samples.rate(shape));
            rates = new double[] {rates[1], rates[2], samples.rate(shape)};
            boolean rising = rates[1] >= WORTHWHILE_GAIN * rates[0] || rates[2] >= WORTHWHILE_GAIN * rates[1];
            if (!rising && shape.elements() >= ENOUGH_ELEMENTS) {
                return SeriesEnd.Reason.THROUGHPUT;
            }
        }
        return SeriesEnd.Reason.ROWS;
    }

    /** Compares, after the sweep, a batch in each lane with one batch on all cores of a CPU. */
    public Calibration tryLanes(Calibration swept, Gate gate, Supplier<Duration> idle) throws InterruptedException {
        int inEachLane = Math.max(1, samples.largest(rows.shortest()) / gate.lanes()); // all together are known to fit
        int batch = Math.min(swept.kneeOfShortRows().batch(), inEachLane);
        List<Row> one = rows.of(new Shape(1, rows.shortest()));
        List<Row> many = rows.of(new Shape(batch, rows.shortest()));
        return swept.with(new LaneComparison(model, gate).measure(one, many, idle));
    }
}
