package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The heap is this JVM's, whose collections are counted. */
class IdleMemoryTest {

    private static final Duration BUSY = Duration.ofSeconds(-1);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofSeconds(31);

    private final MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().matches(".*(Old|Tenured).*"))
            .findFirst()
            .orElseThrow();
    private Duration idle = BUSY;
    private int trims;
    private final IdleMemory memory = new IdleMemory(() -> idle, () -> trims++, Optional.of(old));

    @Test
    void nativeMemoryIsGivenBackOnceAfterEachLoad() {
        memory.run();
        assertEquals(0, trims);
        idle = SHORT;
        memory.run();
        memory.run();
        assertEquals(1, trims);
        idle = BUSY;
        memory.run();
        idle = SHORT;
        memory.run();
        assertEquals(2, trims);
    }

    @Test
    void theHeapIsCollectedOnceALoadIsLongOverAndNotBefore() {
        long kept = fillTheOldGeneration();
        for (Duration time : new Duration[] {BUSY, SHORT}) {
            idle = time;
            memory.run();
            assertTrue(old.getPeakUsage().getUsed() >= kept, time.toString());
        }
        idle = LONG;
        memory.run();
        assertTrue(old.getPeakUsage().getUsed() < kept);
        assertEquals(2, trims);
    }

    @Test
    void aHeapThatHasNotGrownIsLeftAlone() {
        idle = LONG;
        fillTheOldGeneration();
        memory.run();
        assertEquals(1, trims);
        memory.run();
        assertEquals(1, trims);
    }

    @Test
    void aHeapWithoutGenerationsIsLeftToItsCollector() {
        IdleMemory other = new IdleMemory(() -> LONG, () -> trims++, Optional.empty());
        other.run();
        other.run();
        assertEquals(1, trims);
    }

    /** Arrays this large lie in the old generation at once, or after a collection. Returns the most that it held. */
    private long fillTheOldGeneration() {
        byte[][] garbage = new byte[4][(int) IdleMemory.LEAST_BYTES];
        System.gc();
        old.resetPeakUsage();
        long most = old.getPeakUsage().getUsed();
        assertTrue(most >= garbage.length * IdleMemory.LEAST_BYTES);
        return most;
    }
}
