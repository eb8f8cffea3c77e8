package dev.headroom.calibration;

import dev.headroom.batch.FakeModel;
import dev.headroom.batch.Items;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.PreparedRows;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.List;

/**
 * A device whose runs take no time but move a clock, so that hours pass in a moment. Its memory has room for every batch.
 * The real {@link Calibrator} measures it.
 */
public final class SimulatedDevice implements Model, DeviceMemory {

    /** Elements of each row. */
    public static final long LENGTH = 256;

    private static final long BYTES_OF_AN_ELEMENT = 10;
    private static final long PLENTY = 1L << 40;

    /** The law of a batch's time. */
    public interface Law {

        /** The seconds that so many rows take at this second. */
        double seconds(int rows, double now);
    }

    private final FakeModel fake = new FakeModel(PLENTY);
    private final Law law;
    private final Law waits;
    private final RunClock clock = new Clock();
    private long nanos;
    private long waited;

    /** An idle device at the beginning of time, on a machine without other work. */
    public SimulatedDevice(Law law) {
        this(law, (rows, now) -> 0);
    }

    /**
     * The same on a busy machine.
     *
     * @param waits the seconds for which other work has the processor during a run, which takes so much longer
     */
    SimulatedDevice(Law law, Law waits) {
        this.law = law;
        this.waits = waits;
    }

    private final class Clock implements RunClock {

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long waitedNanos() {
            return waited;
        }
    }

    /** The seconds since the beginning. */
    public double now() {
        return nanos / 1e9;
    }

    /** Nothing happens until then. */
    public void await(double second) {
        nanos = Math.max(nanos, (long) (second * 1e9));
    }

    /** Runs a batch, and returns its nanoseconds. */
    public long run(int rows) {
        long waitedNow = (long) (waits.seconds(rows, now()) * 1e9);
        long took = Math.max(1, (long) (law.seconds(rows, now()) * 1e9) + waitedNow);
        waited += waitedNow;
        nanos += took;
        return took;
    }

    /** Measures as the service does before the first call. */
    public Calibration calibrate(Duration longestBatch) {
        CalibrationRows rows = CalibrationRows.like(Items.row(0, (int) LENGTH));
        try {
            Calibrator calibrator = new Calibrator(this, rows, this, heldBytes(), () -> clock, clock);
            calibrator.warmUp(output -> {});
            Gate gate = new Gate(Runnable::run, this);
            calibrator.warmUpLongest(gate, output -> {});
            return calibrator.sweep(gate, new CalibrationBudget(PLENTY, longestBatch), () -> Duration.ofDays(1));
        } catch (RunFailedException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        run(rows.size());
        return fake.run(rows);
    }

    @Override
    public PreparedRows prepare(List<Row> rows) {
        return fake.prepare(rows);
    }

    @Override
    public long heldBytes() {
        return 1 << 20;
    }

    @Override
    public long peakBytes() {
        return heldBytes() + BYTES_OF_AN_ELEMENT * fake.mostElements();
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public Ports ports() {
        return fake.ports();
    }

    @Override
    public void shrink() {}

    @Override
    public void reopen() {}

    @Override
    public void close() {}
}
