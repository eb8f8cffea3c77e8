package dev.headroom.calibration;

import dev.headroom.calibration.Samples.Shape;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs batches of one shape, several times, and adds their memory and time to the samples.
 *
 * @param clock gives the clock that suits the model's session of the moment
 */
record ShapeRuns(Model model, CalibrationRows rows, DeviceMemory memory, Samples samples, Supplier<RunClock> clock) {

    private static final int RUNS = 2;
    private static final int MOST_RUNS = 20;
    private static final Duration ENOUGH_TIME = Duration.ofMillis(100);
    private static final Duration NO_TIME = Duration.ofHours(1); // any other is less

    private static final double PLAUSIBLE = 0.8;
    private static final int MOST_ATTEMPTS = 4;

    /**
     * A run.
     *
     * @param memoryBytes the memory of the model meanwhile, empty where an earlier batch had taken more
     */
    private record Run(OptionalLong memoryBytes, RunTime took) {}

    /** Runs a shape once, whoever waits for an answer. */
    void once(Shape shape, Gate gate, Consumer<BatchOutput> check) throws RunFailedException, InterruptedException {
        Optional<RunFailedException> failure = gate.call(() -> {
            try {
                add(shape, run(shape, check));
                return Optional.empty();
            } catch (RunFailedException e) {
                return Optional.of(e);
            }
        });
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /**
     * Measures a shape through the gate. A batch is measured again where other work had the processor during each of its
     * runs, or where it seems much slower than a smaller one.
     *
     * @param best the best rate of the smaller batches
     * @return false where the batch did not fit
     */
    boolean measure(Shape shape, Gate gate, IdleDetector idle, double best) throws InterruptedException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            if (!measure(shape, gate, idle)) {
                return false;
            }
            if (samples.rate(shape) >= PLAUSIBLE * best && !samples.disturbed(shape)) {
                return true;
            }
        }
        return true;
    }

    /** Runs the batch at least twice, and until the runs' time together can be trusted. */
    private boolean measure(Shape shape, Gate gate, IdleDetector idle) throws InterruptedException {
        Duration total = Duration.ZERO;
        for (int run = 0; run < RUNS || run < MOST_RUNS && total.compareTo(ENOUGH_TIME) < 0; run++) {
            Optional<Run> done = once(shape, gate, idle, run == 0);
            if (done.isEmpty()) {
                return false;
            }
            total = total.plus(done.get().took.time());
        }
        return true;
    }

    /** Runs a shape once more that has run before, while no caller waits. */
    void again(Shape shape, Gate gate, IdleDetector idle) throws InterruptedException {
        once(shape, gate, idle, false);
    }

    /** Runs the batch while no caller waits; empty where it did not fit. */
    private Optional<Run> once(Shape shape, Gate gate, IdleDetector idle, boolean first) throws InterruptedException {
        while (true) {
            idle.await();
            Optional<Run> done = gate.call(() -> runIfItFits(shape, first));
            if (done.isEmpty()) {
                return done;
            }
            if (idle.lasted()) {
                add(shape, done.get());
                return done;
            }
            samples.add(
                    shape, done.get().memoryBytes, NO_TIME); // callers shared the processor, so the time says nothing
        }
    }

    private void add(Shape shape, Run run) {
        samples.add(shape, run.memoryBytes, run.took.time());
        if (!run.took.disturbed()) {
            samples.ranUndisturbed(shape);
        }
    }

    private Optional<Run> runIfItFits(Shape shape, boolean first) {
        try {
            if (first) {
                model.shrink();
            }
            return Optional.of(run(shape, output -> {}));
        } catch (RunFailedException e) {
            model.shrink();
            if (e.kind() == Kind.OUT_OF_MEMORY) {
                return Optional.empty();
            }
            throw new IllegalStateException(
                    "a batch of %d x %d elements failed: %s".formatted(shape.batch(), shape.length(), e.getMessage()),
                    e);
        }
    }

    private Run run(Shape shape, Consumer<BatchOutput> check) throws RunFailedException {
        List<Row> batch = rows.of(shape);
        long held = memory.heldBytes();
        long peak = memory.peakBytes();
        RunTime.Started started = RunTime.start(clock.get());
        try (BatchOutput output = model.run(batch)) {
            RunTime took = started.end();
            long newPeak = memory.peakBytes();
            check.accept(output);
            return new Run(
                    newPeak > peak ? OptionalLong.of(samples.baseBytes() + newPeak - held) : OptionalLong.empty(),
                    took);
        }
    }
}
