package dev.headroom.measured;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryFitTest {

    private static final long BASE = 90L << 20;
    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32};

    private static List<Sample> samples(MemoryProfile truth, long... lengths) {
        List<Sample> samples = new ArrayList<>();
        for (long length : lengths) {
            for (int batch : BATCHES) {
                samples.add(Calibrations.took(batch, length, truth.bytes(batch, length)));
            }
        }
        return samples;
    }

    private static void assertFits(MemoryProfile truth, MemoryProfile fit, double tolerance) {
        for (long length : new long[] {16, 100, 512}) {
            for (int batch : new int[] {1, 3, 64}) {
                double above = truth.bytes(batch, length) - truth.baseBytes();
                double fitted = fit.bytes(batch, length) - fit.baseBytes();
                assertEquals(above, fitted, 2 + tolerance * above, fit::toString);
            }
        }
    }

    @ParameterizedTest(name = "{0} bytes an element, {1} a pair")
    @CsvSource({"1, 0", "4096, 0", "12345.678, 0", "1000, 10", "1000, 0.5", "0, 48", "3000000, 12000"})
    void recoversWhatTheSamplesFollowExactly(double perElement, double perSquare) {
        MemoryProfile truth = new MemoryProfile(BASE, perElement, perSquare);
        MemoryProfile fit = MemoryFit.of(BASE, samples(truth, 16, 128, 512));
        assertEquals(BASE, fit.baseBytes());
        assertFits(truth, fit, 1e-6);
    }

    @Test
    void noiseOfAFewPercentMovesThePredictionByAFewPercent() {
        Random random = new Random(7);
        for (double perSquare : new double[] {0, 48}) {
            MemoryProfile truth = new MemoryProfile(BASE, 4096, perSquare);
            List<Sample> noisy = samples(truth, 16, 128, 512).stream()
                    .map(sample -> Calibrations.took(
                            sample.batch(),
                            sample.length(),
                            BASE
                                    + (long) ((sample.memoryBytes().getAsLong() - BASE)
                                            * (0.97 + 0.06 * random.nextDouble()))))
                    .toList();
            MemoryProfile fit = MemoryFit.of(BASE, noisy);
            double predicted = fit.bytes(64, 512) - BASE;
            double actual = truth.bytes(64, 512) - BASE;
            assertEquals(actual, predicted, 0.04 * actual, fit::toString);
        }
    }

    /** Pages of a driver, or the workspace of a library. */
    @Test
    void whatEveryRunTakesDoesNotRaiseThePredictionOfLargeBatches() {
        MemoryProfile truth = new MemoryProfile(BASE, 4096, 0);
        List<Sample> samples = samples(truth, 16, 128, 512).stream()
                .map(sample -> Calibrations.took(
                        sample.batch(), sample.length(), sample.memoryBytes().getAsLong() + (2 << 20)))
                .toList();
        double large = truth.batchBytes(64, 512);
        assertEquals(large, MemoryFit.of(BASE, samples).batchBytes(64, 512), 0.1 * large);
    }

    @Test
    void oneSampleSaysWhatAnElementTakes() {
        assertEquals(
                new MemoryProfile(BASE, 2048, 0),
                MemoryFit.of(BASE, List.of(Calibrations.took(4, 32, BASE + 4 * 32 * 2048))));
    }

    @Test
    void rowsOfOneLengthSayNothingAboutTheSquare() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            long length = 1 + random.nextInt(8192);
            List<Sample> samples = new ArrayList<>();
            for (int batch : BATCHES) {
                samples.add(Calibrations.took(batch, length, BASE + batch * length * random.nextLong(1, 1 << 20)));
            }
            MemoryProfile fit = MemoryFit.of(BASE, samples);
            assertEquals(0, fit.bytesPerSquare(), samples::toString);
            assertTrue(fit.bytesPerElement() > 0, samples::toString);
        }
    }

    @Test
    void rowsOfOneElementAreFittedToo() {
        assertEquals(
                5000, MemoryFit.of(0, samples(new MemoryProfile(0, 5000, 0), 1)).bytesPerElement(), 1e-6);
    }

    @Test
    void memoryThatDoesNotGrowAddsNothing() {
        MemoryProfile flat = new MemoryProfile(BASE, 0, 0);
        assertEquals(flat, MemoryFit.of(BASE, samples(flat, 16, 512)));
    }

    @Test
    void aBatchNeverGivesMemoryBack() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            List<Sample> samples = new ArrayList<>();
            for (int j = 0; j < 1 + random.nextInt(6); j++) {
                samples.add(Calibrations.took(
                        1 + random.nextInt(64), 1 + random.nextInt(512), random.nextLong(1, 2 * BASE)));
            }
            MemoryProfile fit = MemoryFit.of(BASE, samples);
            assertTrue(fit.bytesPerElement() >= 0 && fit.bytesPerSquare() >= 0, () -> samples + " " + fit);
            assertTrue(Double.isFinite(fit.bytesPerElement() + fit.bytesPerSquare()), () -> samples + " " + fit);
            assertTrue(fit.bytes(2, 512) >= fit.bytes(1, 512) && fit.bytes(1, 512) >= BASE, fit::toString);
        }
    }

    @Test
    void aSampleTwiceCountsTwiceAndChangesNothingThatIsExact() {
        MemoryProfile truth = new MemoryProfile(BASE, 1000, 10);
        List<Sample> twice = new ArrayList<>(samples(truth, 16, 512));
        twice.addAll(twice);
        assertFits(truth, MemoryFit.of(BASE, twice), 1e-6);
    }

    @Test
    void theLargestMeasurementsThereCanBeStayNumbers() {
        Sample most = new Sample(1 << 20, 1 << 20, java.util.OptionalLong.of(Sample.MOST_BYTES), Duration.ofDays(1));
        MemoryProfile fit = MemoryFit.of(0, List.of(most, Calibrations.took(1, 1, Sample.MOST_BYTES)));
        assertTrue(Double.isFinite(fit.bytesPerElement()) && fit.bytes(1 << 20, 1L << 40) > 0, fit::toString);
    }
}
