package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which of several devices takes a sequence. */
class DeviceLoadTest {

    /** A device of 1,000 tokens. */
    private static DeviceLoad load(long waiting, int kept) {
        return new DeviceLoad(500, 1000, waiting, kept, false);
    }

    private static int least(DeviceLoad... loads) {
        return DeviceLoad.least(List.of(loads), 100).orElse(-1);
    }

    @Test
    void theOneWithTheLeastToDoTakesIt() {
        assertEquals(1, least(load(70, 0), load(69, 0), load(80, 0)));
        assertEquals(0, least(load(70, 0), load(70, 0)), "of equal ones the first");
    }

    @Test
    void workCountsByTheMemoryThatThereIsForIt() {
        DeviceLoad large = new DeviceLoad(500, 3000, 200, 0, false);
        assertEquals(0, least(large, load(67, 0)));
        assertEquals(1, least(large, load(66, 0)));
        assertEquals(1, least(load(0, 0), new DeviceLoad(500, 3000, 0, 0, false)), "of idle ones the larger");
    }

    @Test
    void theOneThatHasKeptItsFirstTokensTakesIt() {
        assertEquals(2, least(load(0, 40), load(0, 0), load(0, 60)));
        assertEquals(1, least(load(0, 0), load(59, 60)));
        assertEquals(0, least(load(0, 0), load(61, 60)), "more waits there than they spare");
    }

    @Test
    void noneIsTakenThatIsFullOrTooSmall() {
        DeviceLoad full = new DeviceLoad(500, 1000, 0, 90, true);
        DeviceLoad small = new DeviceLoad(99, 1000, 0, 90, false);
        assertEquals(2, least(full, small, load(900, 0)));
        assertEquals(OptionalInt.empty(), DeviceLoad.least(List.of(full, small), 100));
        assertEquals(1, DeviceLoad.least(List.of(full, small), 99).orElseThrow());
    }
}
