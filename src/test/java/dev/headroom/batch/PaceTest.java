package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Duration LONGEST = Duration.ofMillis(10);

    private final Pace pace = new Pace();

    private void ran(Duration... batches) {
        for (Duration batch : batches) {
            pace.ran(batch.toNanos());
        }
    }

    @Test
    void theWindowIsThePlansUntilABatchHasRun() {
        assertEquals(new BatchWindow(LONGEST), pace.window(LONGEST));
        assertEquals(Duration.ofSeconds(1), pace.drainTime(100));
    }

    @Test
    void theWindowIsNoLongerThanABatch() {
        ran(Duration.ofMillis(2));
        assertEquals(new BatchWindow(Duration.ofMillis(2)), pace.window(LONGEST));
        ran(Duration.ofMillis(802));
        assertEquals(new BatchWindow(LONGEST), pace.window(LONGEST));
    }

    @Test
    void oneBatchMovesTheAverageByAnEighth() {
        ran(Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertEquals(Duration.ofSeconds(6), pace.drainTime(3));
    }
}
