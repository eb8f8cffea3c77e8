package dev.headroom.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.FakeModel;
import dev.headroom.batch.Items;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.LaneTrial;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.measured.Sample;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.measured.SeriesEnd.Reason;
import dev.headroom.session.RunFailedException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model that takes 1,000 bytes and 10 for each padded element, on a device that tells exactly. */
class CalibratorTest {

    private static final long LONGEST = 64;
    private static final long PLENTY = 1_000_000_000;
    private static final Supplier<Duration> ALONE = () -> Duration.ofDays(1);

    private final ExecutorService device = Executors.newSingleThreadExecutor();
    private final Gate gate = new Gate(device, DeviceMemory.UNKNOWN);

    /** Follows the model's batches as an arena does. */
    private static final class Memory implements DeviceMemory {

        private final FakeModel model;
        private long peak = 1000;
        private long opened;

        private Memory(FakeModel model) {
            this.model = model;
        }

        @Override
        public long heldBytes() {
            return 1000 + opened;
        }

        @Override
        public long peakBytes() {
            peak = Math.max(peak, heldBytes() + 10 * model.mostElements());
            return peak;
        }
    }

    /** As of a model with attention: a row takes a byte for each square of its length, too. */
    private static final class SquareMemory implements DeviceMemory {

        private final FakeModel model;

        private SquareMemory(FakeModel model) {
            this.model = model;
        }

        @Override
        public long heldBytes() {
            return 1000;
        }

        @Override
        public long peakBytes() {
            return 1000
                    + IntStream.range(0, model.batches.size())
                            .mapToLong(batch -> bytes(model.batches.get(batch), model.lengths.get(batch)))
                            .max()
                            .orElse(0);
        }

        private static long bytes(long rows, long length) {
            return rows * length * (10 + length);
        }
    }

    /** The wall's clock on a machine that has nothing else to do. */
    private record UndisturbedClock() implements RunClock {

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long waitedNanos() {
            return 0;
        }
    }

    @AfterEach
    void end() {
        device.shutdownNow();
    }

    private Calibrator calibrator(FakeModel model) throws Exception {
        return calibrator(model, new Memory(model));
    }

    private Calibrator calibrator(FakeModel model, DeviceMemory memory) throws Exception {
        Calibrator calibrator = new Calibrator(
                model,
                CalibrationRows.upTo(LONGEST, length -> Items.row(0, (int) length)),
                memory,
                1000,
                UndisturbedClock::new,
                new UndisturbedClock());
        calibrator.warmUp(output -> {});
        calibrator.warmUpLongest(gate, output -> {});
        return calibrator;
    }

    private static CalibrationBudget limits(long bytes) {
        return new CalibrationBudget(bytes, Duration.ofSeconds(1));
    }

    private static List<Integer> batches(Calibration calibration, long length) {
        return calibration.samples().stream()
                .filter(sample -> sample.length() == length)
                .map(Sample::batch)
                .sorted()
                .toList();
    }

    @Test
    void aStartWaitsForOneShortRowAlone() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        Calibrator calibrator = new Calibrator(
                model, CalibrationRows.upTo(LONGEST, length -> Items.row(0, (int) length)), new Memory(model), 1000);
        calibrator.warmUp(output -> {});
        assertEquals(List.of(1), model.batches);
        assertTrue(model.lengths.getFirst() < LONGEST);
        calibrator.warmUpLongest(gate, output -> {});
        assertEquals(List.of(1, 4, 1), model.batches);
        assertEquals(LONGEST, model.lengths.getLast());
    }

    /** So that a caller of another model waits for one batch at most while a model is opened and measured beside it. */
    @Test
    void noPermitIsHeldForMoreThanOneRun() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        List<Integer> runsOfPermits = new ArrayList<>();
        Gate counting = new Gate(
                task -> {
                    int before = model.batches.size();
                    task.run();
                    runsOfPermits.add(model.batches.size() - before);
                },
                DeviceMemory.UNKNOWN);
        Calibrator calibrator = new Calibrator(
                model, CalibrationRows.upTo(LONGEST, length -> Items.row(0, (int) length)), new Memory(model), 1000);
        calibrator.warmUp(output -> {});
        calibrator.warmUpLongest(counting, output -> {});
        assertEquals(List.of(1, 1), runsOfPermits);
        calibrator.tryLanes(calibrator.sweep(counting, limits(50_000), ALONE), counting, ALONE);
        assertTrue(runsOfPermits.size() > 20, runsOfPermits::toString);
        assertTrue(runsOfPermits.stream().allMatch(runs -> runs <= 1), runsOfPermits::toString);
    }

    @Test
    void findsWhatTheModelTakes() throws Exception {
        Calibrator calibrator = calibrator(new FakeModel(PLENTY));
        assertEquals(1000, calibrator.baseBytes());
        Calibration measured = calibrator.sweep(gate, limits(50_000), ALONE);
        assertEquals(new MemoryProfile(1000, 10, 0), measured.memory().orElseThrow());
        Calibration.Check check = measured.check().orElseThrow();
        assertEquals(check.actualBytes(), check.predictedBytes());
    }

    @Test
    void aSessionThatIsOpenedLaterIsBesideAllThatWasMeasured() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        Memory memory = new Memory(model);
        Calibrator calibrator = calibrator(model, memory);
        memory.opened = 500;
        calibrator.opened(500);
        Calibration measured = calibrator.sweep(gate, limits(50_000), ALONE);
        assertEquals(new MemoryProfile(1500, 10, 0), measured.memory().orElseThrow());
    }

    @Test
    void runsNoBatchThatIsPredictedToTakeMoreThanTheBudget() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        Calibration measured = calibrator(model).sweep(gate, limits(1000 + 10 * 8 * LONGEST), ALONE);
        assertTrue(model.mostElements() <= 8 * LONGEST, model.batches.toString());
        assertFalse(measured.stoppedAtBytes().isEmpty());
        assertFalse(measured.holdsFor(1_000_000));
    }

    /** The device tells only the most that it ever held. */
    @Test
    void theMemoryOfLongRowsIsReadThoughShortOnesFillTheBudget() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        long budget = 1000 + SquareMemory.bytes(8, LONGEST);
        Calibration measured = calibrator(model, new SquareMemory(model)).sweep(gate, limits(budget), ALONE);
        List<Integer> read = measured.samples().stream()
                .filter(sample -> sample.length() == LONGEST)
                .filter(sample -> sample.memoryBytes().isPresent())
                .map(Sample::batch)
                .toList();
        assertEquals(List.of(1, 2, 4, 8), read);
    }

    @Test
    void saysThatMemoryEndedASeries() throws Exception {
        Calibration measured = calibrator(new FakeModel(6 * LONGEST)).sweep(gate, limits(PLENTY), ALONE);
        assertEquals(List.of(new SeriesEnd(4, Reason.MEMORY), new SeriesEnd(LONGEST, Reason.MEMORY)), measured.ends());
        assertFalse(measured.endedEarly());
    }

    /** Eight rows take 3.0 s, 32 take 4.8 s: a caller would wait too long for what may well pay. */
    @Test
    void saysThatTimeEndedASeries() {
        Calibration measured = new SimulatedDevice((rows, now) -> 2.4 + 0.075 * rows).calibrate(Duration.ofSeconds(1));
        assertEquals(List.of(new SeriesEnd(SimulatedDevice.LENGTH, Reason.TIME)), measured.ends());
        assertTrue(measured.endedEarly());
    }

    @Test
    void saysThatThroughputEndedASeries() {
        Calibration measured =
                new SimulatedDevice((rows, now) -> 0.001 * Math.max(16, rows)).calibrate(Duration.ofSeconds(1));
        assertEquals(List.of(new SeriesEnd(SimulatedDevice.LENGTH, Reason.THROUGHPUT)), measured.ends());
        assertEquals(16, measured.kneeOfShortRows().batch());
    }

    /** Other work takes as long as the run itself. */
    @Test
    void saysThatOtherWorkEndedASeries() {
        SimulatedDevice.Law rising = (rows, now) -> 0.001 * Math.max(16, rows);
        SimulatedDevice.Law beside = (rows, now) -> rows < 4 ? 0 : 0.001 * rows * rows;
        Calibration measured = new SimulatedDevice(rising, beside).calibrate(Duration.ofSeconds(1));
        assertEquals(List.of(new SeriesEnd(SimulatedDevice.LENGTH, Reason.DISTURBED)), measured.ends());
        assertTrue(measured.endedEarly());
        assertTrue(measured.provisional());
    }

    /** Other work disturbs all but each fifth run. */
    @Test
    void runsUntilNoOtherWorkDisturbedIt() {
        SimulatedDevice.Law rising = (rows, now) -> 0.001 * Math.max(16, rows);
        int[] runs = {0};
        SimulatedDevice.Law beside = (rows, now) -> runs[0]++ % 5 == 4 ? 0 : 0.02 * rows;
        Calibration measured = new SimulatedDevice(rising, beside).calibrate(Duration.ofSeconds(10));
        assertEquals(List.of(new SeriesEnd(SimulatedDevice.LENGTH, Reason.THROUGHPUT)), measured.ends());
        assertEquals(16, measured.kneeOfShortRows().batch());
        assertFalse(measured.provisional());
    }

    @Test
    void eachBatchRunsTwiceOrMore() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        Calibration measured = calibrator(model).sweep(gate, limits(1000 + 10 * 8 * LONGEST), ALONE);
        for (int batch : batches(measured, LONGEST)) {
            assertTrue(model.batches.stream().filter(size -> size == batch).count() >= 2, batch + " rows");
        }
    }

    @Test
    void aBatchThatDoesNotFitEndsTheSeriesAndIsNoFailure() throws Exception {
        FakeModel model = new FakeModel(6 * LONGEST);
        Calibration measured = calibrator(model).sweep(gate, limits(PLENTY), ALONE);
        assertEquals(4, batches(measured, LONGEST).getLast());
        assertTrue(model.shrinks() > 0);
    }

    @Test
    void anyOtherFailureEndsItAll() throws Exception {
        Calibrator calibrator = calibrator(new FakeModel(6 * LONGEST, Kind.OTHER));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> calibrator.sweep(gate, limits(PLENTY), ALONE));
        assertTrue(e.getMessage().contains("more than 384"), e.getMessage());
    }

    /** Of the runs of the first batch one is disturbed: it runs once more than without callers. */
    @Test
    void waitsForCallersAndRepeatsWhatTheyDisturbed() throws Exception {
        FakeModel alone = new FakeModel(PLENTY);
        calibrator(alone).sweep(gate, limits(1000 + 10 * LONGEST), ALONE);
        FakeModel disturbed = new FakeModel(PLENTY);
        Duration busy = Duration.ofNanos(-1); // waits once; the first run is disturbed
        Iterator<Duration> idle = List.of(busy, Duration.ofSeconds(1), busy).iterator();
        calibrator(disturbed)
                .sweep(gate, limits(1000 + 10 * LONGEST), () -> idle.hasNext() ? idle.next() : ALONE.get());
        assertEquals(runsOfTheFirst(alone) + 1, runsOfTheFirst(disturbed));
    }

    /** Those after the warm-up's three; how many larger batches follow is a matter of time. */
    private static long runsOfTheFirst(FakeModel model) {
        return model.batches.stream().skip(3).takeWhile(rows -> rows == 1).count();
    }

    /** In both lanes at once as many rows run as are known to fit. */
    @Test
    void triesBothWaysToShareTheCores() throws Exception {
        ExecutorService second = Executors.newSingleThreadExecutor();
        gate.lanes(List.of(device, second), () -> {});
        FakeModel model = new FakeModel(PLENTY);
        Calibrator calibrator = calibrator(model);
        Calibration measured = calibrator.sweep(gate, limits(PLENTY), ALONE);
        int before = model.batches.size();
        LaneTrial trial = calibrator.tryLanes(measured, gate, ALONE).lanes().orElseThrow();
        assertEquals(2, trial.lanes());
        assertTrue(2 * trial.batch() <= batches(measured, 4).getLast(), trial.toString());
        assertEquals(5 * (2 + 1 + 2 + 1), model.batches.size() - before, "five rounds of a batch and of a row");
        second.shutdownNow();
    }

    @Test
    void aCallerWaitsForOneBatchAtMost() throws Exception {
        FakeModel model = new FakeModel(PLENTY);
        Calibrator calibrator = calibrator(model);
        Permit held = gate.enter(new Share(1)); // a caller's batch is on the device
        Thread sweep = Thread.ofVirtual().start(() -> {
            try {
                calibrator.sweep(gate, limits(PLENTY), ALONE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        awaitWaiting(1);
        FutureTask<Integer> next = new FutureTask<>(() -> {
            Permit caller = gate.enter(new Share(1));
            int batches = model.batches.size();
            caller.leave();
            return batches;
        });
        Thread.ofVirtual().start(next);
        awaitWaiting(2);
        int before = model.batches.size();
        held.leave();
        assertEquals(before + 1, next.get(), "one run stood before it");
        sweep.join();
    }

    private void awaitWaiting(int many) {
        while (gate.waiting() < many) {
            Thread.onSpinWait();
        }
    }
}
