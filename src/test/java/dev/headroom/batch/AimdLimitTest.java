package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.LearnedLimit;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AimdLimitTest {

    private static final long MOST = 16_000;
    private static final long BATCHES_OF_AN_HOUR = 72_000; // of 50 ms

    private final AimdLimit limit = new AimdLimit(MOST);

    /** What a device did with batches that were as large as the limit allowed. */
    private static final class Device {

        private final AimdLimit limit;
        private int failures;
        private double offered;
        private double fitting;
        private long lowest = Long.MAX_VALUE;

        private Device(AimdLimit limit) {
            this.limit = limit;
        }

        /** Runs so many batches, of 0.8 to 1.0 of the limit, one after another. */
        private Device run(long batches, LongUnaryOperator capacity) {
            Random random = new Random(7);
            for (long batch = 0; batch < batches; batch++) {
                long size = Math.max(1, Math.round(limit.current() * (0.8 + 0.2 * random.nextDouble())));
                long room = capacity.applyAsLong(batch);
                run(size, room, false);
                offered += Math.min(size, room);
                fitting += Math.min(room, MOST);
                lowest = Math.min(lowest, limit.current());
            }
            return this;
        }

        private void run(long size, long room, boolean part) {
            if (size <= room) {
                if (part) {
                    limit.partFitted(size);
                } else {
                    limit.succeeded(size, 1);
                }
                return;
            }
            if (part) {
                limit.partFailed(size);
            } else {
                failures++;
                limit.failed(size);
            }
            run(size / 2, room, true);
            run(size - size / 2, room, true);
        }

        /** The batches' mean size, of what would have fitted. */
        private double used() {
            return offered / fitting;
        }
    }

    private Device device() {
        return new Device(limit);
    }

    @Test
    void fallsAtOnceAndRisesInSmallSteps() {
        limit.failed(16_000);
        assertEquals(8000, limit.current());
        for (int batch = 0; batch < 15; batch++) {
            limit.succeeded(8000, 1);
        }
        assertEquals(8000, limit.current());
        limit.succeeded(8000, 1);
        assertEquals(9000, limit.current());
    }

    @Test
    void smallBatchesDoNotRaiseIt() {
        limit.failed(16_000);
        for (int batch = 0; batch < 10_000; batch++) {
            limit.succeeded(5999, 1);
        }
        assertEquals(8000, limit.current());
    }

    @Test
    void returnsToThePlanAndNoFurther() {
        limit.failed(16_000);
        device().run(2000, batch -> Long.MAX_VALUE);
        assertEquals(MOST, limit.current());
        assertEquals(Optional.empty(), limit.learned());
    }

    /** Batches of whole rows never come near a limit between one row and two. */
    @ParameterizedTest
    @ValueSource(longs = {1, 100, 256, 3000})
    void returnsToThePlanWhateverTheRowsLength(long row) {
        limit.failed(2 * row);
        for (int batch = 0; batch < 5000; batch++) {
            limit.succeeded(Math.max(1, limit.current() / row) * row, row);
        }
        assertEquals(MOST, limit.current());
    }

    @Test
    void aSmallerPlanInBetweenDoesNotMakeItForget() {
        limit.failed(8000);
        limit.follow(2000);
        assertEquals(2000, limit.current());
        assertEquals(Optional.of(4000L), limit.learned().map(LearnedLimit::most));
        for (int batch = 0; batch < 1000; batch++) {
            limit.succeeded(2000, 1);
        }
        limit.follow(MOST);
        assertEquals(4000, limit.current());
    }

    @Test
    void beginsCarefullyWhereAnotherStopped() {
        limit.restore(new LearnedLimit(4000, 64));
        for (int batch = 0; batch < 63; batch++) {
            limit.succeeded(4000, 1);
        }
        assertEquals(4000, limit.current());
        limit.succeeded(4000, 1);
        assertEquals(4500, limit.current());
    }

    /** A service that sleeps and wakes does not run out of memory anew each time. */
    @Test
    void isAsPatientAfterAStartAsBeforeIt() {
        device().run(BATCHES_OF_AN_HOUR, batch -> 10_000);
        LearnedLimit before = limit.learned().orElseThrow();
        assertTrue(before.patience() > 64, before.toString());
        AimdLimit next = new AimdLimit(MOST);
        next.restore(before);
        for (int batch = 1; batch < before.patience(); batch++) {
            next.succeeded(before.most(), 1);
        }
        assertEquals(before.most(), next.current());
        next.succeeded(before.most(), 1);
        assertTrue(next.current() > before.most());
    }

    /** Each hour the service sleeps and starts anew, on a device that stays as small. */
    @Test
    void startsCostNoFurtherFailures() {
        AimdLimit now = limit;
        int failures = 0;
        for (int start = 0; start < 20; start++) {
            Device device = new Device(now).run(1200, batch -> 10_000);
            failures += start < 10 ? 0 : device.failures;
            LearnedLimit kept = now.learned().orElseThrow();
            now = new AimdLimit(MOST);
            now.restore(kept);
        }
        assertTrue(failures <= 20, failures + " failures in 12,000 batches of ten starts");
    }

    @Test
    void findsTheWayBackFromTheVeryBottom() {
        device().run(10, batch -> 1);
        assertTrue(limit.current() <= 4, "" + limit.current());
        device().run(5000, batch -> Long.MAX_VALUE);
        assertEquals(MOST, limit.current());
    }

    /** Each trial costs one batch that is halved: ever fewer, at most one in a thousand batches. */
    @Test
    void staysNearWhatFitsWithoutOscillating() {
        Device first = device().run(BATCHES_OF_AN_HOUR, batch -> 10_000);
        assertTrue(first.lowest >= 5000, "fell below half of what fits: " + first.lowest);
        Device later = device().run(BATCHES_OF_AN_HOUR, batch -> 10_000);
        assertTrue(later.failures <= BATCHES_OF_AN_HOUR / 1000, later.failures + " failures in an hour");
        assertTrue(later.lowest >= 9000, "fell to " + later.lowest);
        assertTrue(later.used() >= 0.85, "batches of 0.8 to 1.0 of the limit used " + later.used());
    }

    /** Free memory that rises and falls by a third, once in ten minutes. */
    @Test
    void followsMemoryThatDrifts() {
        LongUnaryOperator drift = batch -> 9000 + Math.round(3000 * Math.sin(batch * 2 * Math.PI / 12_000));
        Device device = device().run(3 * BATCHES_OF_AN_HOUR, drift);
        assertTrue(device.failures <= 3 * BATCHES_OF_AN_HOUR / 500, device.failures + " failures in three hours");
        assertTrue(device.used() >= 0.65, "used " + device.used());
    }

    /** A co-tenant that takes two thirds, comes at any time and stays for some minutes. */
    @Test
    void followsACoTenantThatComesAndGoes() {
        Random random = new Random(3);
        boolean[] there = new boolean[(int) (3 * BATCHES_OF_AN_HOUR)];
        for (int batch = 0, state = 0; batch < there.length; state++) {
            for (int end = batch + 1200 + random.nextInt(8000); batch < Math.min(end, there.length); batch++) {
                there[batch] = state % 2 == 1;
            }
        }
        Device device = device().run(there.length, batch -> there[(int) batch] ? 5000 : 15_000);
        assertTrue(device.failures <= there.length / 500, device.failures + " failures in three hours");
        assertTrue(device.used() >= 0.7, "used " + device.used());
    }

    @Test
    void noiseOfOneBatchCostsLittle() {
        Device device = device().run(BATCHES_OF_AN_HOUR, batch -> batch % 5000 == 0 ? 1000 : MOST);
        assertTrue(device.used() >= 0.75, "used " + device.used());
    }
}
