package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.LoggedLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {

    private static final long TOTAL = 1000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LoggedLines logged = new LoggedLines(MemoryWatch.class);
    private final List<String> said = logged.lines();

    private long used = 500;
    private long peak = 700;
    private long fullBatches;
    private RuntimeException defect;
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
                new MemoryWatch.Readings(total, () -> read(used), () -> read(peak), () -> 650, () -> fullBatches),
                registry);
    }

    private long read(long value) {
        if (defect != null) {
            throw defect;
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
        watch.look();
        assertEquals(1000, gauge("headroom.device.memory", "total"));
        assertEquals(500, gauge("headroom.device.memory", "free"));
        assertEquals(700, gauge("headroom.memory.peak", "actual"));
        assertEquals(650, gauge("headroom.memory.peak", "predicted"));
        used = 1200;
        watch.look();
        assertEquals(0, gauge("headroom.device.memory", "free"), "never below nothing");
    }

    @Test
    void ninetyPercentAreNoRiskAndOneByteMoreIs() {
        used = 900;
        watch.look();
        assertEquals(0, alerts("risk"));
        used = 901;
        watch.look();
        assertEquals(1, alerts("risk"));
    }

    @Test
    void theRiskIsSaidOnceWithTheRemedyAndMeteredEachTime() {
        used = 950;
        watch.look();
        watch.look();
        used = 100;
        watch.look();
        used = 990;
        watch.look();
        assertEquals(3, alerts("risk"));
        assertEquals(1, said.size(), said::toString);
        assertTrue(
                said.getFirst().matches("WARN\\w* 950 B of the device's 1000 B are in use, 95 %:.*"), said::toString);
        assertTrue(said.getFirst().contains("headroom.memory.reserved"), said::toString);
    }

    @Test
    void fewFullBatchesAreAnAccident() {
        peak = 599;
        fullBatches = 19;
        watch.look();
        assertEquals(0, alerts("underuse"));
        fullBatches = 20;
        watch.look();
        assertEquals(1, alerts("underuse"));
    }

    @Test
    void sixtyPercentAreUseAndOneByteLessIsNot() {
        fullBatches = 20;
        peak = 599;
        watch.look();
        assertEquals(1, alerts("underuse"));
        peak = 600;
        watch.look();
        assertEquals(1, alerts("underuse"));
        peak = 100;
        watch.look();
        assertEquals(1, alerts("underuse"), "the most that was ever held counts");
    }

    @Test
    void underUseIsSaidOnceAndMeteredEachTime() {
        fullBatches = 1000;
        peak = 250;
        watch.look();
        watch.look();
        assertEquals(2, alerts("underuse"));
        assertEquals(1, said.size(), said::toString);
        assertTrue(
                said.getFirst().startsWith("INFO Full batches take 250 B of the device's 1000 B, 25 %: see GET /plan"),
                said::toString);
    }

    @Test
    void aDeviceThatTellsNothingIsNotUnderUsed() {
        fullBatches = 1000;
        peak = DeviceMemory.UNKNOWN.peakBytes();
        watch.look();
        assertEquals(0, alerts("underuse"));
        assertEquals(List.of(), said);
    }

    @Test
    void aReadingThatFailsEndsNothing() {
        defect = new IllegalStateException("the device does not answer");
        watching(TOTAL).close();
        watch.look();
        defect = null;
        used = 950;
        watch.look();
        assertEquals(1, alerts("risk"));
    }

    @Test
    void aDeviceOfNoSizeIsNoDivisionByZero() {
        registry.clear();
        try (MemoryWatch none = watching(0)) {
            none.look();
            assertEquals(1, alerts("risk"));
        }
    }

    @Test
    void aPeakThatBatchesReachedBetweenTwoReadingsCountsOnce() {
        used = 400;
        peak = 950;
        watch.look();
        watch.look();
        assertEquals(1, alerts("risk"));
        assertTrue(said.getFirst().contains("950 B of the device's 1000 B"), said::toString);
    }

    @Test
    void oneOfSeveralDevicesGoesByItsNumber() {
        SimpleMeterRegistry both = new SimpleMeterRegistry();
        for (String number : List.of("0", "1")) {
            long total = number.equals("0") ? 1000 : 2000;
            new MemoryWatch(
                            new MemoryWatch.Readings(total, () -> 950, () -> 950, () -> 0, () -> 0),
                            Optional.of(number),
                            both)
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
