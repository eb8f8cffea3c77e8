package dev.headroom.calibration;

import dev.headroom.calibration.Samples.Shape;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Measures a model on its device: growing batches of short rows and of the longest, until the memory's target share would
 * be exceeded, throughput no longer rises, or a caller might have to wait too long. Of both series the batch that needs
 * less memory runs first, because the device tells only the most that it ever held. Each run is a batch like any other:
 * it waits for the gate and gives it back, so that a caller waits for one of them at most.
 */
public final class Calibrator {

    private static final int LOOKS = 3;
    private static final double NEARLY_AS_GOOD = 0.85;

    private final Model model;
    private final CalibrationRows rows;
    private final DeviceMemory memory;
    private final Samples samples;
    private final ShapeRuns runs;
    private final RunClock laneClock;

    /**
     * A calibrator of a model that has been opened and has not run yet.
     *
     * @param openedBytes the memory of the device that the model took when it was opened
     */
    public Calibrator(Model model, CalibrationRows rows, DeviceMemory memory, long openedBytes) {
        this(model, rows, memory, openedBytes, clock(model), new RunClock.Wall());
    }

    /**
     * The same with other clocks.
     *
     * @param clock gives the clock of a run in one lane
     * @param laneClock the clock of the trial of lanes, whose runs several threads share
     */
    Calibrator(
            Model model,
            CalibrationRows rows,
            DeviceMemory memory,
            long openedBytes,
            Supplier<RunClock> clock,
            RunClock laneClock) {
        this.model = model;
        this.rows = rows;
        this.memory = memory;
        this.laneClock = laneClock;
        samples = new Samples(openedBytes);
        runs = new ShapeRuns(model, rows, memory, samples, clock);
    }

    private static Supplier<RunClock> clock(Model model) {
        RunClock processor = new RunClock.Processor();
        RunClock wall = new RunClock.Wall();
        return () -> model.runsOnCallingThread() ? processor : wall;
    }

    /**
     * Runs a short row, on the calling thread, which is the device's. This run is the slowest, because libraries prepare
     * themselves at first use.
     *
     * @param check checks the output
     * @throws RunFailedException when the model does not run
     */
    public void warmUp(Consumer<BatchOutput> check) throws RunFailedException {
        long held = memory.heldBytes();
        try (BatchOutput output = model.run(rows.of(new Shape(1, rows.shortest())))) {
            check.accept(output);
        }
        model.shrink();
        samples.addBase(Math.max(0, memory.heldBytes() - held)); // the workspaces of a GPU's libraries
    }

    /**
     * Runs some short rows and then the longest; callers' batches may run between the two. Their memory counts: the device
     * tells only the most that it ever held, so that small batches have to come first.
     *
     * @param check checks the output of the longest row
     * @throws RunFailedException when the model does not run
     */
    public void warmUpLongest(Gate gate, Consumer<BatchOutput> check) throws RunFailedException, InterruptedException {
        runs.once(new Shape(4, rows.shortest()), gate, output -> {});
        runs.once(new Shape(1, rows.longest()), gate, check);
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
        List<Series> growing = LongStream.of(rows.shortest(), rows.longest())
                .distinct()
                .mapToObj(length -> new Series(length, samples))
                .collect(Collectors.toCollection(ArrayList::new));
        while (!growing.isEmpty()) {
            Series leanest = Collections.min(growing, Comparator.comparingLong(Series::predictedBytes));
            Optional<SeriesEnd.Reason> end = grow(leanest, gate, budget, detector);
            if (end.isPresent()) {
                samples.end(leanest.length(), end.get());
                growing.remove(leanest);
                if (end.get() != SeriesEnd.Reason.TIME) { // else the batch goes on growing under load
                    lookAgain(leanest.length(), gate, detector);
                }
            }
        }
        gate.call(() -> {
            model.shrink(); // a GPU's arena keeps the memory that the largest batch took from the other models
            return null;
        });
        return samples.calibration();
    }

    /** Runs the next batch of a series, or says why there is none. */
    private Optional<SeriesEnd.Reason> grow(Series series, Gate gate, CalibrationBudget budget, IdleDetector idle)
            throws InterruptedException {
        Optional<SeriesEnd.Reason> end = series.end(budget);
        if (end.isPresent()) {
            return end;
        }
        if (!series.fits(budget) || !runs.measure(series.next(), gate, idle, series.best())) {
            samples.stopAt(Math.min(budget.bytes(), series.predictedBytes()));
            return Optional.of(SeriesEnd.Reason.MEMORY);
        }
        series.ran();
        return Optional.empty();
    }

    /** Runs the batches among which the knee is in turns, so that a moment's noise meets all of them. */
    private void lookAgain(long length, Gate gate, IdleDetector idle) throws InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            for (Sample batch : samples.calibration().near(NEARLY_AS_GOOD, length)) {
                runs.again(new Shape(batch.batch(), length), gate, idle);
            }
        }
    }

    /** Compares, after the sweep, a batch in each lane with one batch on all cores of a CPU. */
    public Calibration tryLanes(Calibration swept, Gate gate, Supplier<Duration> idle) throws InterruptedException {
        int inEachLane = Math.max(1, samples.largest(rows.shortest()) / gate.lanes()); // all together are known to fit
        int batch = Math.min(swept.kneeOfShortRows().batch(), inEachLane);
        List<Row> one = rows.of(new Shape(1, rows.shortest()));
        List<Row> many = rows.of(new Shape(batch, rows.shortest()));
        return swept.with(new LaneComparison(model, gate, laneClock).measure(one, many, idle));
    }
}
