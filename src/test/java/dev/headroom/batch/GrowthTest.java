package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.calibration.SimulatedDevice;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** A model whose batch of one takes 2.475 s, so that time ends its calibration at four rows. */
class GrowthTest {

    private static final int WINDOW = 16;
    private static final int MANY_CALLERS = 1000;
    private static final IntToDoubleFunction SECONDS = rows -> 2.4 + 0.075 * rows;

    private final Calibration measured =
            new SimulatedDevice((rows, now) -> SECONDS.applyAsDouble(rows)).calibrate(Duration.ofSeconds(1));
    private final Growth growth = new Growth(SimulatedService.plan(measured));
    private Plan inForce;

    GrowthTest() {
        growth.tell(plan -> inForce = plan);
    }

    private int size() {
        return inForce.batch().asInt();
    }

    private void windows(int count, IntToDoubleFunction seconds, int callers) {
        windows(count, seconds, callers, Optional.empty());
    }

    /** Full batches, as the limit in force has them; all items of a batch that exceeds the deadline are late. */
    private void windows(int count, IntToDoubleFunction seconds, int callers, Optional<Duration> deadline) {
        for (int batch = 0; batch < count * WINDOW; batch++) {
            int rows = Math.min(size(), callers);
            long nanos = (long) (1e9 * seconds.applyAsDouble(rows));
            boolean late = deadline.filter(time -> nanos > time.toNanos()).isPresent();
            growth.ran(ran(rows, nanos, late ? rows : 0, deadline), callers);
        }
    }

    private static LoadedBatch ran(int rows, long nanos, int late, Optional<Duration> deadline) {
        return new LoadedBatch(rows, rows * SimulatedDevice.LENGTH, nanos, late, deadline);
    }

    private int reached() {
        return growth.reached().map(GrownBatch::items).orElse(0);
    }

    @Test
    void beginsAtThePlansBatch() {
        assertEquals(8, size(), "twice the four rows of the warm-up");
        assertEquals(0, reached());
    }

    @Test
    void doublesWithEachWindowWhileThatPays() {
        windows(1, SECONDS, MANY_CALLERS);
        assertEquals(16, size());
        windows(1, SECONDS, MANY_CALLERS);
        assertEquals(32, size());
        assertEquals(16, reached(), "32 are being tried");
    }

    @Test
    void returnsToTheLastSizeThatPaid() {
        IntToDoubleFunction flatFrom32 = rows -> SECONDS.applyAsDouble(Math.min(32, rows)) * Math.max(32, rows) / 32;
        windows(4, flatFrom32, MANY_CALLERS);
        assertEquals(32, size());
        assertEquals(32, reached());
        int most = 0;
        for (int window = 0; window < 100; window++) {
            windows(1, flatFrom32, MANY_CALLERS);
            most = Math.max(most, size());
        }
        assertEquals(40, most, "from now on in small steps");
        assertEquals(32, reached());
    }

    @Test
    void triesWhatDidNotPayEverMoreRarely() {
        IntToDoubleFunction flat = rows -> rows;
        int tried = 0;
        for (int window = 0; window < 400; window++) {
            tried += size() > 8 ? 1 : 0;
            windows(1, flat, MANY_CALLERS);
        }
        assertTrue(tried <= 12, tried + " of 400 windows");
        assertEquals(8, reached());
    }

    @Test
    void growsNoFurtherThanThereAreCallers() {
        windows(20, SECONDS, 50);
        assertEquals(50, size());
        assertEquals(50, reached());
    }

    @Test
    void growsNoFurtherThanTheDeadlineOfItsCallers() {
        windows(20, SECONDS, MANY_CALLERS, Optional.of(Duration.ofMillis(5500)));
        assertTrue(reached() >= 36 && reached() <= 41, "41 end in 5.5 s: " + reached());
    }

    @Test
    void growsNoFurtherThanTheTimeOut() {
        double timeout = inForce.timeoutTime().toMillis() / 1e3;
        windows(50, SECONDS, MANY_CALLERS);
        assertTrue(SECONDS.applyAsDouble(size()) <= timeout, size() + " within " + timeout);
    }

    @Test
    void shrinksWhereTheFirstSizeIsTooSlowForItsCallers() {
        windows(4, SECONDS, MANY_CALLERS, Optional.of(Duration.ofMillis(2900)));
        assertTrue(size() >= 4 && size() <= 6, "6 end in 2.85 s: " + size());
    }

    @Test
    void batchesThatAreNotFullSayNothing() {
        for (int batch = 0; batch < 10 * WINDOW; batch++) {
            growth.ran(ran(5, 1, 0, Optional.empty()), MANY_CALLERS);
        }
        assertEquals(8, size());
        assertEquals(0, reached());
    }

    @Test
    void aDeviceThatHasBecomeFasterIsTriedAnewAtOnce() {
        windows(10, rows -> rows, MANY_CALLERS);
        assertEquals(8, reached());
        windows(6, rows -> 0.4 + 0.3 * rows, MANY_CALLERS);
        assertTrue(reached() >= 16, "reached " + reached());
    }

    @Test
    void whereLargeBatchesHaveBecomeSlowItShrinks() {
        windows(4, SECONDS, 64);
        assertEquals(64, reached());
        windows(12, rows -> rows <= 16 ? 3 : rows, 64);
        assertTrue(reached() <= 32, "16 in 3 s are better than 32 in 32 s: " + reached());
    }

    @Test
    void theNextProcessGoesOnWhereThisOneWas() {
        windows(20, SECONDS, 50);
        GrownBatch kept = growth.reached().orElseThrow();
        Growth next = new Growth(SimulatedService.plan(measured.with(kept)));
        next.tell(plan -> inForce = plan);
        assertEquals(50, size());
        assertEquals(Optional.of(kept), next.reached());
    }

    @Test
    void aPlanThatFollowsFromGrowthDoesNotBeginItAnew() {
        windows(2, SECONDS, MANY_CALLERS);
        growth.follow(SimulatedService.plan(measured.with(growth.reached().orElseThrow())));
        assertEquals(32, size(), "still tried");
        windows(1, SECONDS, MANY_CALLERS);
        assertEquals(64, size());
    }
}
