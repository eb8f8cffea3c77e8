package dev.headroom.measured;

import static dev.headroom.measured.Calibrations.AT;
import static dev.headroom.measured.Calibrations.MIB;
import static dev.headroom.measured.Calibrations.ran;
import static dev.headroom.measured.Calibrations.took;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {

    private static Calibration stoppedAt(OptionalLong bytes) {
        return new Calibration(AT, 0, bytes, List.of(ran(1, 1, 1)));
    }

    @Test
    void theKneeIsTheSmallestBatchThatIsAsGoodAsTheBest() {
        Calibration measured = Calibrations.of(
                90, ran(1, 32, 10), ran(2, 32, 10), ran(4, 32, 10), ran(8, 32, 20), ran(16, 32, 39), ran(32, 32, 90));
        assertEquals(4, measured.kneeOfShortRows().batch(), "400/s, where the best ran at 410/s");
    }

    @Test
    void theKneeDoesNotDependOnTheOrderInWhichBatchesRan() {
        Calibration measured = Calibrations.of(90, ran(8, 32, 20), ran(4, 32, 10), ran(1, 256, 5), ran(1, 32, 10));
        assertEquals(4, measured.kneeOfShortRows().batch());
        assertEquals(1, measured.kneeInElements().batch());
    }

    @Test
    void throughputThatStillRisesHasItsKneeAtTheEnd() {
        Calibration measured = Calibrations.of(90, ran(1, 32, 10), ran(2, 32, 10), ran(4, 32, 10));
        assertEquals(4, measured.kneeOfShortRows().batch());
    }

    @Test
    void throughputThatOnlyFallsHasItsKneeAtOneRow() {
        Calibration measured = Calibrations.of(90, ran(1, 32, 10), ran(2, 32, 30), ran(4, 32, 90));
        assertEquals(1, measured.kneeOfShortRows().batch());
    }

    @Test
    void theKneeInElementsIsTheLargestOfAllLengths() {
        Calibration measured = Calibrations.of(90, ran(4, 32, 10), ran(8, 32, 20), ran(1, 512, 10), ran(2, 512, 20));
        assertEquals(4, measured.kneeOfShortRows().batch());
        assertEquals(512, measured.kneeInElements().elements());
    }

    @Test
    void theLongestItemTakesItsShareOfTheBestBatchOfThem() {
        Calibration measured = Calibrations.of(90, ran(1, 32, 1), ran(1, 512, 40), ran(2, 512, 40), ran(4, 512, 80));
        assertEquals(Duration.ofMillis(20), measured.longestItem());
    }

    @Test
    void aClockThatStoodStillIsNoDivisionByZero() {
        Calibration measured = Calibrations.of(90, ran(1, 32, 0), ran(2, 32, 0));
        assertEquals(2, measured.kneeOfShortRows().batch());
        assertTrue(Double.isFinite(measured.kneeOfShortRows().itemsPerSecond()));
    }

    @ParameterizedTest(name = "stopped at {0} bytes: {1} bytes still hold: {2}")
    @CsvSource({"1000, 1250, true", "1000, 1251, false", "1000, 1, true", "0, 0, true", "0, 1, false", "-5, 0, false"})
    void holdsUntilThereIsClearlyMoreMemory(long stoppedAt, long budget, boolean holds) {
        assertEquals(holds, stoppedAt(OptionalLong.of(stoppedAt)).holdsFor(budget));
    }

    @Test
    void holdsForEverOnceTheKneeWasReached() {
        assertTrue(stoppedAt(OptionalLong.empty()).holdsFor(Long.MAX_VALUE));
    }

    @Test
    void knowsNothingOfMemoryThatNobodyTold() {
        Calibration measured = Calibrations.of(90, ran(1, 32, 1), ran(2, 32, 1), ran(4, 32, 1));
        assertEquals(Optional.empty(), measured.memory());
        assertEquals(Optional.empty(), measured.check());
    }

    @Test
    void fitsOnlyWhatWasMeasured() {
        Calibration measured = Calibrations.of(90, took(2, 32, 90 * MIB + 6400), ran(4, 32, 1));
        assertEquals(Optional.of(new MemoryProfile(90 * MIB, 100, 0)), measured.memory());
        assertFalse(measured.check().isPresent(), "one sample checks nothing");
    }

    @Test
    void theCheckIsAgainstTheLastThatWasMeasuredAndNotFittedToIt() {
        Calibration measured = Calibrations.of(
                90,
                took(1, 32, 90 * MIB + 3200),
                took(2, 32, 90 * MIB + 6400),
                took(4, 32, 90 * MIB + 99_999),
                ran(8, 32, 1));
        assertEquals(Optional.of(new Calibration.Check(4, 32, 90 * MIB + 12_800, 90 * MIB + 99_999)), measured.check());
    }

    @Test
    void keepsItsOwnList() {
        List<Sample> samples = new ArrayList<>(List.of(ran(1, 1, 1)));
        Calibration measured = new Calibration(AT, 0, OptionalLong.empty(), samples);
        samples.clear();
        assertEquals(1, measured.samples().size());
    }

    @Test
    void refusesWhatNoCalibrationCanBe() {
        OptionalLong none = OptionalLong.empty();
        List<Sample> one = List.of(ran(1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Calibration(AT, 0, none, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Calibration(AT, -1, none, one));
        assertThrows(IllegalArgumentException.class, () -> new Calibration(AT, Long.MAX_VALUE, none, one));
        assertThrows(IllegalArgumentException.class, () -> new Calibration(null, 0, none, one));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, PT1S",
        "-1, 1, 1, PT1S",
        "2147483647, 1, 1, PT1S",
        "1, 0, 1, PT1S",
        "1, -1, 1, PT1S",
        "4, 4611686018427387904, 1, PT1S",
        "1, 1, 0, PT1S",
        "1, 1, -1, PT1S",
        "1, 1, 9223372036854775807, PT1S",
        "1, 1, 1, PT-0.000000001S",
        "1, 1, 1, PT24H0.000000001S",
    })
    void refusesWhatNoMeasurementCanBe(int batch, long length, long memory, Duration time) {
        assertThrows(IllegalArgumentException.class, () -> new Sample(batch, length, OptionalLong.of(memory), time));
    }
}
