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
import java.util.function.LongSupplier;

/** Runs batches of one shape, several times, and adds their memory and time to the samples. */
record ShapeRuns(Model model, Calibrator.Rows rows, DeviceMemory memory, Samples samples, LongSupplier nanoTime) {

    private static final int RUNS = 2;
    private static final int MOST_RUNS = 20;
    private static final Duration ENOUGH_TIME = Duration.ofMillis(100);
    private static final Duration NO_TIME = Duration.ofHours(1); // any other is less

    private static final double PLAUSIBLE = 0.8;
    private static final int MOST_ATTEMPTS = 4;

    /** The memory of the model during a run, empty where an earlier batch had taken more, and the run's time. */
    private record Run(OptionalLong memoryBytes, Duration time) {}

    /** Runs a shape once, on the calling thread. */
    void runHere(Shape shape, Consumer<BatchOutput> check) throws RunFailedException {
        Run run = run(shape, check);
        samples.add(shape, run.memoryBytes, run.time);
    }

    /**
     * Measures a shape through the gate. A batch that seems much slower than a smaller one is measured again, because
     * something else had the processor.
     *
     * @param best the best rate of the smaller batches
     * @return false where the batch did not fit
     */
    boolean measure(Shape shape, Gate gate, IdleDetector idle, double best) throws InterruptedException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            if (!measure(shape, gate, idle)) {
                return false;
            }
            if (samples.rate(shape) >= PLAUSIBLE * best) {
                return true;
            }
        }
        return true;
    }

    /** Runs the batch at least twice, and until the runs' time together can be trusted. */
    private boolean measure(Shape shape, Gate gate, IdleDetector idle) throws InterruptedException {
        Duration total = Duration.ZERO;
        for (int run = 0; run < RUNS || run < MOST_RUNS && total.compareTo(ENOUGH_TIME) < 0; run++) {
            idle.await();
            boolean first = run == 0;
            Optional<Run> done = gate.call(() -> runIfItFits(shape, first));
            if (done.isEmpty()) {
                return false;
            }
            if (idle.lasted()) {
                samples.add(shape, done.get().memoryBytes, done.get().time);
                total = total.plus(done.get().time);
            } else { // callers shared the processor, so the time says nothing
                samples.add(shape, done.get().memoryBytes, NO_TIME);
                run--;
            }
        }
        return true;
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
        long start = nanoTime.getAsLong();
        try (BatchOutput output = model.run(batch)) {
            Duration time = Duration.ofNanos(nanoTime.getAsLong() - start);
            long newPeak = memory.peakBytes();
            check.accept(output);
            return new Run(
                    newPeak > peak ? OptionalLong.of(samples.baseBytes() + newPeak - held) : OptionalLong.empty(),
                    time);
        }
    }
}
