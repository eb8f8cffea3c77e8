package dev.headroom.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.device.DeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatesTest {

    private final List<String> heard = new ArrayList<>();

    private static Gate gate(String name) {
        return new Gate(name, Runnable::run, DeviceMemory.UNKNOWN);
    }

    @Test
    void theLastLossIsToldOnce() {
        Gates gates = new Gates(List.of(gate("GPU 0"), gate("GPU 1")));
        gates.whenLost(heard::add);
        gates.all().get(1).lose("b");
        assertEquals(List.of(), heard);
        assertEquals(gates.all().subList(0, 1), gates.serving());
        gates.all().get(0).lose("a");
        gates.all().get(0).lose("again");
        assertEquals(List.of("GPU 0: a; GPU 1: b"), heard);
        assertEquals(Optional.of("GPU 0: a; GPU 1: b"), gates.lost());
    }

    @Test
    void theOnlyDeviceNeedsNoName() {
        Gates gates = new Gates(List.of(gate("GPU 0")));
        gates.all().getFirst().lose("a");
        gates.whenLost(heard::add);
        assertEquals(List.of("a"), heard, "though it was lost before");
    }
}
