package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LogLimitTest {

    private long now;

    @Test
    void soManyLinesAreWrittenInASecondAndTheNextTellsHowManyWereNot() {
        LogLimit limit = new LogLimit(2, () -> now);
        assertEquals(OptionalLong.of(0), limit.permit());
        assertEquals(OptionalLong.of(0), limit.permit());
        assertEquals(OptionalLong.empty(), limit.permit());
        assertEquals(OptionalLong.empty(), limit.permit());
        now += 1_000_000_000;
        assertEquals(OptionalLong.of(2), limit.permit());
        assertEquals(OptionalLong.of(0), limit.permit());
        assertEquals(OptionalLong.empty(), limit.permit());
    }
}
