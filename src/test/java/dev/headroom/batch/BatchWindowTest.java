package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.batch.BatchWindow.Forming;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchWindowTest {

    private static final Duration LONG_AGO = Duration.ofHours(1);

    private final BatchWindow window = new BatchWindow(Duration.ofMillis(10), Duration.ofMillis(1));

    private static Forming forming(int arriving, boolean gathered, Duration oldestWait, Duration lastWait) {
        return new Forming(false, arriving, gathered, oldestWait, lastWait);
    }

    @Test
    void aLoneItemPaysNoWindow() {
        Forming lone = forming(0, true, Duration.ZERO, Duration.ZERO);
        assertEquals(Optional.of(CloseReason.IDLE), window.close(lone));
    }

    @Test
    void waitsWhileOthersAreOnTheWay() {
        Forming forming = forming(3, true, Duration.ofMillis(9), LONG_AGO);
        assertEquals(Optional.empty(), window.close(forming));
        assertEquals(Duration.ofMillis(1), window.remaining(forming));
    }

    @Test
    void waitsForTheRestOfABurst() {
        Forming burst = forming(0, false, Duration.ofMillis(2), Duration.ofNanos(300_000));
        assertEquals(Optional.empty(), window.close(burst));
        assertEquals(Duration.ofNanos(700_000), window.remaining(burst));
        Forming over = forming(0, false, Duration.ofMillis(2), Duration.ofMillis(1));
        assertEquals(Optional.of(CloseReason.IDLE), window.close(over));
    }

    @Test
    void waitsForABurstNoLongerThanTheWindow() {
        Forming burst = forming(0, false, Duration.ofNanos(9_800_000), Duration.ZERO);
        assertEquals(Duration.ofNanos(200_000), window.remaining(burst));
    }

    @Test
    void closesWhenTheOldestItemsWindowIsOver() {
        Forming old = forming(3, true, Duration.ofMillis(10), Duration.ZERO);
        assertEquals(Optional.of(CloseReason.WINDOW), window.close(old));
    }

    @Test
    void aFullBatchWaitsForNobody() {
        Forming full = new Forming(true, 3, false, Duration.ZERO, Duration.ZERO);
        assertEquals(Optional.of(CloseReason.FULL), window.close(full));
    }
}
