package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.LoggedLines;
import dev.headroom.device.DeviceMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryWatchTest {

    private static final long TOTAL = 1000;

    /** Of these; CUDA itself takes the rest. */
    private static final long MODELS = 400;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LoggedLines logged = new LoggedLines(MemoryWatch.class);
    private final List<String> said = logged.lines();

    private long used = 500;
    private long peak = 700;
    private long fullBatches;
    private Throwable defect;
    private boolean answers = true;
    private long now = Long.MAX_VALUE - 5; // such a clock may overflow
    private long readNanos = now;
    private MemoryWatch watch;

    @BeforeEach
    void listen() {
        watch = watching(TOTAL);
    }

    @AfterEach
    void stop() {
        watch.close();
        logged.close();
    }

    private MemoryWatch watching(long total) {
        return new MemoryWatch(
                new MemoryWatch.Readings(
                        total,
                        MODELS,
                        () -> read(used),
                        () -> answers ? now : readNanos,
                        () -> read(peak),
                        () -> 650,
                        () -> fullBatches),
                Optional.empty(),
                registry,
                () -> now);
    }

    /** Five seconds later. */
    private void look() {
        pass(Duration.ofSeconds(5));
        watch.look();
        readNanos = answers ? now : readNanos;
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private long read(long value) {
        if (defect instanceof Error error) {
            throw error;
        }
        if (defect != null) {
            throw new IllegalStateException(defect);
        }
        return value;
    }

    private double alerts(String kind) {
        return registry.get("headroom.memory.alerts")
                .tag("kind", kind)
                .counter()
                .count();
    }

    private double gauge(String name, String kind) {
        return registry.get(name).tag("kind", kind).gauge().value();
    }

    @Test
    void metersWhatItReads() {
        look();
        assertEquals(1000, gauge("headroom.device.memory", "total"));
        assertEquals(500, gauge("headroom.device.memory", "free"));
        assertEquals(700, gauge("headroom.memory.peak", "actual"));
        assertEquals(650, gauge("headroom.memory.peak", "predicted"));
        used = 1200;
        look();
        assertEquals(0, gauge("headroom.device.memory", "free"), "never below nothing");
    }

    @Test
    void ninetyPercentAreNoRiskAndOneByteMoreIs() {
        used = 900;
        look();
        assertEquals(0, alerts("risk"));
        used = 901;
        look();
        assertEquals(1, alerts("risk"));
    }

    @Test
    void theRiskIsSaidOnceWithTheRemedyAndMeteredEachTime() {
        used = 950;
        look();
        look();
        pass(Duration.ofHours(1));
        look();
        assertEquals(3, alerts("risk"));
        assertEquals(1, said.size(), said::toString);
        assertTrue(
                said.getFirst().matches("WARN\\w* 950 B of the device's 1000 B are in use, 95 %:.*"), said::toString);
        assertTrue(said.getFirst().contains("headroom.memory.reserved"), said::toString);
    }

    @Test
    void aRiskThatEndedAndCameBackIsSaidAgain() {
        used = 950;
        look();
        used = 100;
        look();
        pass(Duration.ofMinutes(10));
        used = 990;
        look();
        look();
        assertEquals(2, said.size(), said::toString);
        assertTrue(said.getLast().contains("990 B of the device's 1000 B"), said::toString);
    }

    @Test
    void aRiskThatComesAndGoesIsSaidOnceInTenMinutes() {
        for (int look = 0; look < 2 * 120; look++) { // twenty minutes
            used = look % 2 == 0 ? 950 : 100;
            look();
        }
        assertEquals(120, alerts("risk"));
        assertEquals(2, said.size(), said::toString);
    }

    @Test
    void aRiskThatCameBackInTheQuietAndStaysIsSaidAfterIt() {
        for (int usedThen : new int[] {950, 100, 970}) {
            used = usedThen;
            look();
        }
        assertEquals(1, said.size(), said::toString);
        pass(Duration.ofMinutes(10));
        look();
        assertEquals(2, said.size(), said::toString);
    }

    private double age() {
        return registry.get("headroom.device.memory.age").gauge().value();
    }

    @Test
    void theAgeOfWhatIsShownGrowsWhileTheDriverDoesNotAnswer() {
        pass(Duration.ofSeconds(3));
        assertEquals(3, age(), "nothing has been read yet");
        used = 950;
        look();
        assertEquals(0, age());
        answers = false;
        look();
        look();
        assertEquals(10, age());
        assertEquals(50, gauge("headroom.device.memory", "free"));
        assertEquals(1, alerts("risk"), "what is no news counts once");
        answers = true;
        look();
        assertEquals(0, age());
        assertEquals(2, alerts("risk"));
    }

    @Test
    void aReadingThatHangsHoldsUpNoMeter() throws InterruptedException {
        registry.clear();
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        LongSupplier driver = () -> {
            hung.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1;
        };
        try (MemoryWatch hanging = new MemoryWatch(
                new MemoryWatch.Readings(TOTAL, TOTAL, driver, () -> now, driver, () -> 650, () -> 0),
                Optional.empty(),
                registry,
                () -> now)) {
            hanging.start();
            hung.await();
            for (int minute = 1; minute <= 3; minute++) {
                pass(Duration.ofMinutes(1));
                assertEquals(60 * minute, age());
                assertEquals(1000, gauge("headroom.device.memory", "free"));
            }
        } finally {
            end.countDown();
        }
    }

    @Test
    void fewFullBatchesAreAnAccident() {
        peak = 239;
        fullBatches = 19;
        look();
        assertEquals(0, alerts("underuse"));
        fullBatches = 20;
        look();
        assertEquals(1, alerts("underuse"));
    }

    @Test
    void sixtyPercentOfTheModelsShareAreUseAndOneByteLessIsNot() {
        fullBatches = 20;
        peak = 239;
        look();
        assertEquals(1, alerts("underuse"));
        peak = 240;
        look();
        assertEquals(1, alerts("underuse"));
        peak = 100;
        look();
        assertEquals(1, alerts("underuse"), "the most that was ever held counts");
    }

    @Test
    void underUseIsSaidOnceAndMeteredEachTime() {
        fullBatches = 1000;
        peak = 100;
        look();
        look();
        assertEquals(2, alerts("underuse"));
        assertEquals(1, said.size(), said::toString);
        assertTrue(
                said.getFirst()
                        .startsWith("INFO Full batches take 100 B of the 400 B that the models may take of the device,"
                                + " 25 %: see GET /plan"),
                said::toString);
    }

    @Test
    void aDeviceThatTellsNothingIsNotUnderUsed() {
        fullBatches = 1000;
        peak = DeviceMemory.UNKNOWN.peakBytes();
        look();
        assertEquals(0, alerts("underuse"));
        assertEquals(List.of(), said);
    }

    @Test
    void aReadingThatFailsEndsNothing() {
        for (Throwable failure : List.of(
                new IllegalStateException("the device does not answer"),
                new UnsatisfiedLinkError("no such function"))) {
            defect = failure;
            look();
        }
        defect = null;
        used = 950;
        look();
        assertEquals(1, alerts("risk"));
    }

    @Test
    void aDeviceOfNoSizeIsNoDivisionByZero() {
        registry.clear();
        try (MemoryWatch none = watching(0)) {
            pass(Duration.ofSeconds(5));
            none.look();
            assertEquals(1, alerts("risk"));
        }
    }

    @Test
    void aPeakThatBatchesReachedBetweenTwoReadingsCountsOnce() {
        used = 400;
        peak = 950;
        look();
        look();
        assertEquals(1, alerts("risk"));
        assertTrue(said.getFirst().contains("950 B of the device's 1000 B"), said::toString);
    }

    @Test
    void oneOfSeveralDevicesGoesByItsNumber() {
        SimpleMeterRegistry both = new SimpleMeterRegistry();
        for (String number : List.of("0", "1")) {
            long total = number.equals("0") ? 1000 : 2000;
            new MemoryWatch(
                            new MemoryWatch.Readings(total, total, () -> 950, () -> 1, () -> 950, () -> 0, () -> 0),
                            Optional.of(number),
                            both,
                            () -> 0)
                    .look();
        }
        assertEquals(
                2000,
                both.get("headroom.device.memory")
                        .tags("device", "1", "kind", "total")
                        .gauge()
                        .value());
        assertEquals(1, said.size(), said::toString);
        assertTrue(said.getFirst().contains("950 B of device 0's 1000 B"), said::toString);
    }
}
