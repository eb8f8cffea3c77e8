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
    void oneBatchMovesTheAverageByAnEighth() {
        ran(1, Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertEquals(Duration.ofSeconds(6), pace.drainTime(3, 1));
    }
}
