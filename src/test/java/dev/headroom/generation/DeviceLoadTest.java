package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.generation.DeviceLoad.Place;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which of several devices takes a sequence. */
class DeviceLoadTest {

    /** A device of 1,000 tokens with a free row. */
    private static DeviceLoad load(long waiting, int kept) {
        return new DeviceLoad(1000, waiting, kept, Place.FREE);
    }

    private static DeviceLoad behind(long tokens, int kept) {
        return new DeviceLoad(1000, tokens, kept, Place.BEHIND_OTHERS);
    }

    private static int least(DeviceLoad... loads) {
        return DeviceLoad.least(List.of(loads)).orElse(-1);
    }

    @Test
    void theOneWithTheLeastToDoTakesIt() {
        assertEquals(1, least(load(70, 0), load(69, 0), load(80, 0)));
        assertEquals(0, least(load(70, 0), load(70, 0)), "of equal ones the first");
    }

    @Test
    void workCountsByTheMemoryThatThereIsForIt() {
        DeviceLoad large = new DeviceLoad(3000, 200, 0, Place.FREE);
        assertEquals(0, least(large, load(67, 0)));
        assertEquals(1, least(large, load(66, 0)));
        assertEquals(1, least(load(0, 0), new DeviceLoad(3000, 0, 0, Place.FREE)), "of idle ones the larger");
    }

    @Test
    void theOneThatHasKeptItsFirstTokensTakesIt() {
        assertEquals(2, least(load(0, 40), load(0, 0), load(0, 60)));
        assertEquals(1, least(load(0, 0), load(59, 60)));
        assertEquals(0, least(load(0, 0), load(61, 60)), "more waits there than they spare");
    }

    @Test
    void aFreeRowGoesBeforeAllElse() {
        assertEquals(1, least(behind(30, 20), load(150, 0)));
        assertEquals(1, least(behind(100, 0), behind(99, 0)));
    }

    @Test
    void noneIsTakenThatIsFull() {
        DeviceLoad full = new DeviceLoad(1000, 0, 90, Place.FULL);
        assertEquals(1, least(full, behind(900, 0)));
        assertEquals(OptionalInt.empty(), DeviceLoad.least(List.of(full, full)));
    }
}
