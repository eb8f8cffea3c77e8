package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Duration LONGEST = Duration.ofMillis(10);

    private final Pace pace = new Pace();

    private void ran(int items, Duration... batches) {
        for (Duration batch : batches) {
            pace.ran(items, batch.toNanos());
        }
    }

    @Test
    void theWindowIsThePlansUntilABatchHasRun() {
        assertEquals(new BatchWindow(LONGEST, Duration.ZERO), pace.window(LONGEST));
        assertEquals(Duration.ZERO, pace.drainTime(100, 1));
    }

    @Test
    void theWindowIsNoLongerThanABatch() {
        ran(1, Duration.ofMillis(2));
        assertEquals(Duration.ofMillis(2), pace.window(LONGEST).longest());
        ran(1, Duration.ofMillis(802));
        assertEquals(LONGEST, pace.window(LONGEST).longest());
    }

    @Test
    void aBurstIsWaitedForAsLongAsItCostsLittle() {
        ran(1, Duration.ofMillis(8));
        assertEquals(Duration.ofNanos(500_000), pace.window(LONGEST).settling());
        ran(1, Duration.ofMillis(808));
        assertEquals(Duration.ofMillis(1), pace.window(LONGEST).settling());
    }

    @Test
    void whatWaitsTakesAsLongAsItsItemsDoInAllLanes() {
        ran(4, Duration.ofMillis(800), Duration.ofMillis(800));
        assertEquals(Duration.ofMillis(2000), pace.drainTime(10, 1));
        assertEquals(Duration.ofMillis(500), pace.drainTime(10, 4));
    }

    @Test
    void theTimeOutIsThePlansUntilBatchesTakeLonger() {
        Duration planned = Duration.ofSeconds(10);
        assertEquals(planned, pace.timeout(planned), "nothing has run");
        ran(1, Duration.ofSeconds(2));
        assertEquals(planned, pace.timeout(planned));
    }

    @Test
    void theTimeOutRisesWithOneSlowBatchAndFallsByAndBy() {
        ran(1, Duration.ofMillis(20), Duration.ofSeconds(8));
        assertEquals(Duration.ofSeconds(32), pace.timeout(Duration.ofSeconds(10)), "4 x what it took");
        ran(1, Duration.ZERO);
        assertEquals(Duration.ofSeconds(28), pace.timeout(Duration.ofSeconds(10)));
    }

    @Test
    void theTimeOutRisesToTenMinutesOrThePlans() {
        ran(1, Duration.ofHours(1)); // as when the process was stopped
        assertEquals(Duration.ofMinutes(10), pace.timeout(Duration.ofSeconds(10)));
        assertEquals(Duration.ofHours(2), pace.timeout(Duration.ofHours(2)));
    }

    @Test
    void oneBatchMovesTheAverageByAnEighth() {
        ran(1, Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertEquals(Duration.ofSeconds(6), pace.drainTime(3, 1));
    }
}
