package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.batch.BatchWindow.Forming;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchWindowTest {

    private final BatchWindow window = new BatchWindow(Duration.ofMillis(10));

    @Test
    void aLoneItemPaysNoWindow() {
        assertEquals(Optional.of(CloseReason.IDLE), window.close(new Forming(false, 0, Duration.ZERO)));
    }

    @Test
    void waitsWhileOthersAreOnTheWay() {
        assertEquals(Optional.empty(), window.close(new Forming(false, 3, Duration.ofMillis(9))));
        assertEquals(Duration.ofMillis(1), window.remaining(new Forming(false, 3, Duration.ofMillis(9))));
    }

    @Test
    void closesWhenTheOldestItemsWindowIsOver() {
        assertEquals(Optional.of(CloseReason.WINDOW), window.close(new Forming(false, 3, Duration.ofMillis(10))));
    }

    @Test
    void aFullBatchWaitsForNobody() {
        assertEquals(Optional.of(CloseReason.FULL), window.close(new Forming(true, 3, Duration.ZERO)));
    }
}
