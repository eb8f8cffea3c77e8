package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogRateTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // such a clock may overflow
    private final LogRate rate = new LogRate(now::get);

    @Test
    void letsFiveThroughAndThenOneEachTenSecondsWithACountOfTheOthers() {
        for (int line = 0; line < 5; line++) {
            assertEquals(OptionalInt.of(0), rate.permit());
        }
        for (int line = 0; line < 7; line++) {
            assertEquals(OptionalInt.empty(), rate.permit());
        }
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertEquals(OptionalInt.of(7), rate.permit());
        assertEquals(OptionalInt.empty(), rate.permit());
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertEquals(OptionalInt.of(1), rate.permit());
        assertEquals(OptionalInt.of(0), rate.permit());
    }
}
