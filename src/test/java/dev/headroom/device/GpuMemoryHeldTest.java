package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GpuMemoryHeldTest {

    private static final Gpu GPU =
            new Gpu(0, "GPU-0", "a GPU", new GpuMemory(1000, 900, 100), "8.9", "550.54.15", "12.4", false, false);

    private final AtomicInteger asked = new AtomicInteger();
    private Optional<GpuMemory> answer = Optional.of(new GpuMemory(1000, 600, 400));
    private final DeviceMemory memory =
            new GpuMemoryHeld(GPU, new GpuMemoryReader("headroom-memory-held-test", this::ask, Duration.ofMinutes(10)));

    private Optional<GpuMemory> ask() {
        asked.incrementAndGet();
        return answer;
    }

    @Test
    void whatOthersHadUsedBeforeIsNotHeld() {
        assertEquals(300, memory.heldBytes());
        assertEquals(400, memory.usedBytes());
        assertEquals(600, memory.freeBytes());
        assertEquals(1000, memory.totalBytes());
    }

    @Test
    void whatIsAvailableIsAsLastReadAndAsksNobody() {
        assertEquals(Long.MAX_VALUE, memory.availableBytes());
        assertEquals(0, asked.get());
        memory.heldBytes();
        answer = Optional.of(new GpuMemory(1000, 0, 1000));
        assertEquals(900, memory.availableBytes());
        assertEquals(1, asked.get());
    }

    @Test
    void oneThatNeverTellsHasNoSize() {
        answer = Optional.empty();
        assertEquals(0, memory.heldBytes());
        assertEquals(0, memory.freeBytes());
        assertEquals(0, memory.totalBytes(), "whoever knows no total does not take 0 free bytes for the truth");
    }
}
