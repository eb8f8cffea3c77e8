package dev.headroom.calibration;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Measures a model on its device: growing batches of short rows, then of the longest, until the memory's target share
 * would be exceeded or throughput no longer rises. Each run is a batch like any other: it waits for the gate and gives
 * it back, so that a caller waits for one of them at most.
 */
public final class Calibrator {

    private static final int LONGEST_TO_SHORT = 16; // a sentence where a page would fit
    private static final int LONGEST_SHORT_ROW = 32;
    private static final int MOST_ROWS = 4096;

    private static final int RUNS = 2;
    private static final int MOST_RUNS = 20;
    private static final Duration ENOUGH_TIME = Duration.ofMillis(100);
    private static final Duration NO_TIME = Duration.ofHours(1); // any other is less

    private static final double PLAUSIBLE = 0.8;
    private static final int MOST_ATTEMPTS = 4;

    /** Below it a batch is over so soon that what else the machine does decides. */
    private static final long ENOUGH_ELEMENTS = 512;

    /** A doubling that raises throughput by less than this does not pay; two in a row end a series. */
    private static final double WORTHWHILE_GAIN = 1.05;

    private final Model model;
    private final Rows rows;
    private final DeviceMemory memory;
    private final Map<Shape, Sample> samples = new LinkedHashMap<>();
    private long baseBytes;
    private OptionalLong stoppedAtBytes = OptionalLong.empty();

    /**
     * A calibrator of a model that has been opened and has not run yet.
     *
     * @param openedBytes what it took of the device when it was opened
     */
    public Calibrator(Model model, Rows rows, DeviceMemory memory, long openedBytes) {
        this.model = model;
        this.rows = rows;
        this.memory = memory;
        this.baseBytes = openedBytes;
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

        private List<Row> of(Shape shape) {
            return Collections.nCopies(shape.batch, ofLength.apply(shape.length));
        }
    }

    /**
     * What no batch is to exceed.
     *
     * @param bytes what the model may take of the device; no batch that is predicted to take more is run
     * @param time how long a batch may take, because a caller may stand behind it
     */
    public record Limits(long bytes, Duration time) {}

    private record Shape(int batch, long length) {

        private long elements() {
            return batch * length;
        }
    }

    /**
     * What came of a run.
     *
     * @param memoryBytes what the model took meanwhile; empty where an earlier batch had taken more
     */
    private record Run(OptionalLong memoryBytes, Duration time) {}

    /**
     * Runs the first batches, on the calling thread, which is the device's: the slowest of all, because whatever is
     * prepared at first use is prepared now. Memory is measured already: the device tells only the most that it ever
     * held, so that the small ones have to come first.
     *
     * @param longest checks what came of a row of the greatest length
     * @throws RunFailedException when the model does not run
     */
    public void warmUp(Consumer<BatchOutput> longest) throws RunFailedException {
        long held = memory.heldBytes();
        model.run(rows.of(new Shape(1, rows.shortest()))).close();
        model.shrink();
        baseBytes += Math.max(0, memory.heldBytes() - held); // a GPU's libraries take their workspaces at first use
        for (Shape shape : List.of(new Shape(4, rows.shortest()), new Shape(1, rows.longest()))) {
            record(shape, run(shape, shape.length == rows.longest() ? longest : output -> {}));
        }
    }

    /** Another session of the model has been opened and took so many bytes, which every batch has beside it from now on. */
    public void opened(long bytes) {
        baseBytes += bytes;
        samples.replaceAll((shape, sample) ->
                new Sample(sample.batch(), sample.length(), plus(sample.memoryBytes(), bytes), sample.time()));
    }

    private static OptionalLong plus(OptionalLong taken, long bytes) {
        return taken.isPresent() ? OptionalLong.of(taken.getAsLong() + bytes) : taken;
    }

    /** What the model takes of the device without a batch, once it is warm. */
    public long baseBytes() {
        return baseBytes;
    }

    /**
     * Measures, between whatever callers want.
     *
     * @param gate the way to the device
     * @param limits what no batch is to exceed
     * @param idle for how long nobody has called, negative while somebody waits for an answer; a run waits for a quiet, and
     *     is repeated when it was not alone
     * @throws IllegalStateException when a batch failed for another reason than memory
     */
    public Calibration sweep(Gate gate, Limits limits, Supplier<Duration> idle) throws InterruptedException {
        QuietPeriod quiet = new QuietPeriod(idle);
        sweep(rows.shortest(), gate, limits, quiet);
        if (rows.longest() > rows.shortest()) {
            sweep(rows.longest(), gate, limits, quiet);
        }
        gate.call(() -> {
            model.shrink(); // a GPU's arena keeps what the largest batch took from the other models
            return null;
        });
        return calibration();
    }

    /** Measures, after the sweep, whether a CPU's cores are shared best by a batch in each lane or one on all cores. */
    public Calibration tryLanes(Calibration swept, Gate gate, Supplier<Duration> idle) throws InterruptedException {
        int inEachLane = Math.max(1, largest(rows.shortest()) / gate.lanes()); // all together are known to fit
        int batch = Math.min(swept.kneeOfShortRows().batch(), inEachLane);
        List<Row> one = rows.of(new Shape(1, rows.shortest()));
        return swept.with(
                new LaneComparison(model, gate).measure(one, rows.of(new Shape(batch, rows.shortest())), idle));
    }

    private int largest(long length) {
        return samples.keySet().stream()
                .filter(shape -> shape.length == length)
                .mapToInt(Shape::batch)
                .max()
                .orElse(1);
    }

    private Calibration calibration() {
        return new Calibration(Instant.now(), baseBytes, stoppedAtBytes, List.copyOf(samples.values()));
    }

    private void sweep(long length, Gate gate, Limits limits, QuietPeriod quiet) throws InterruptedException {
        double[] rates = {0, 0, 0}; // of the last three batches, the newest last
        Duration last = Duration.ZERO;
        double best = 0;
        for (int batch = 1; batch <= MOST_ROWS; batch *= 2) {
            Shape shape = new Shape(batch, length);
            if (last.multipliedBy(2).compareTo(limits.time) > 0) {
                return;
            }
            long predicted = predictedBytes(shape);
            boolean fits = batch == 1 || predicted <= limits.bytes;
            if (!fits || !measure(shape, gate, quiet, best)) {
                stoppedAtBytes = OptionalLong.of(Math.min(limits.bytes, predicted));
                return;
            }
            last = samples.get(shape).time();
            best = Math.max(best, samples.get(shape).itemsPerSecond());
            rates = new double[] {rates[1], rates[2], samples.get(shape).itemsPerSecond()};
            boolean rising = rates[1] >= WORTHWHILE_GAIN * rates[0] || rates[2] >= WORTHWHILE_GAIN * rates[1];
            if (!rising && shape.elements() >= ENOUGH_ELEMENTS) {
                return;
            }
        }
    }

    private long predictedBytes(Shape shape) {
        return calibration()
                .memory()
                .map(profile -> profile.bytes(shape.batch, shape.length))
                .orElse(0L);
    }

    /**
     * Whether the batch ran. A larger batch is not much slower than a smaller one: where it seems so, something else had
     * the processor, and it is measured again.
     *
     * @param best the best rate of the smaller batches
     */
    private boolean measure(Shape shape, Gate gate, QuietPeriod quiet, double best) throws InterruptedException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            if (!measure(shape, gate, quiet)) {
                return false;
            }
            if (samples.get(shape).itemsPerSecond() >= PLAUSIBLE * best) {
                return true;
            }
        }
        return true;
    }

    /** Whether the batch ran; it is run until it has run twice, and for long enough that its time can be trusted. */
    private boolean measure(Shape shape, Gate gate, QuietPeriod quiet) throws InterruptedException {
        Duration total = Duration.ZERO;
        for (int run = 0; run < RUNS || run < MOST_RUNS && total.compareTo(ENOUGH_TIME) < 0; run++) {
            quiet.await();
            boolean first = run == 0;
            Optional<Run> done = gate.call(() -> attempt(shape, first));
            if (done.isEmpty()) {
                return false;
            }
            if (quiet.lasted()) {
                record(shape, done.get());
                total = total.plus(done.get().time());
            } else { // callers shared the processor: its time says nothing
                record(shape, new Run(done.get().memoryBytes(), NO_TIME));
                run--;
            }
        }
        return true;
    }

    /** Empty when the batch did not fit. */
    private Optional<Run> attempt(Shape shape, boolean first) {
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
                    "a batch of %d x %d elements failed: %s".formatted(shape.batch, shape.length, e.getMessage()), e);
        }
    }

    private Run run(Shape shape, Consumer<BatchOutput> check) throws RunFailedException {
        List<Row> batch = rows.of(shape);
        long held = memory.heldBytes();
        long peak = memory.peakBytes();
        long start = System.nanoTime();
        try (BatchOutput output = model.run(batch)) {
            Duration time = Duration.ofNanos(System.nanoTime() - start);
            long newPeak = memory.peakBytes();
            check.accept(output);
            return new Run(newPeak > peak ? OptionalLong.of(baseBytes + newPeak - held) : OptionalLong.empty(), time);
        }
    }

    /** Keeps the fastest time, and the memory where a run told it. */
    private void record(Shape shape, Run run) {
        samples.merge(
                shape,
                new Sample(shape.batch, shape.length, run.memoryBytes, run.time),
                (known, now) -> new Sample(
                        shape.batch,
                        shape.length,
                        known.memoryBytes().isPresent() ? known.memoryBytes() : now.memoryBytes(),
                        known.time().compareTo(now.time()) < 0 ? known.time() : now.time()));
    }
}
