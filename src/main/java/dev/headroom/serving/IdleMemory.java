package dev.headroom.serving;

import dev.headroom.session.NativeHeap;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives memory back to the system once a load is over, and never under it: native memory after a second, and the JVM's heap
 * after half a minute. One thread runs it each second.
 *
 * <p>HotSpot's serial collector returns memory only when it collects the old generation, which an idle process never makes it
 * do. That stops the process for some 50 ms, so it is done only where it is worth it.
 */
final class IdleMemory implements Runnable {

    /** The least that a collection is worth. */
    static final long LEAST_BYTES = 32 << 20;

    private static final Duration OVER = Duration.ofSeconds(1);
    private static final Duration LONG_OVER = Duration.ofSeconds(30);

    private final Supplier<Duration> idle;
    private final Runnable trim;
    private final Optional<MemoryPoolMXBean> oldGeneration;
    private boolean trimmed;
    private long leftBytes; // of the old generation, by the last collection

    /**
     * The memory of this process.
     *
     * @param idle returns the time since the last answer; negative while a caller waits
     */
    IdleMemory(Supplier<Duration> idle) {
        this(idle, NativeHeap::trim, oldGeneration());
    }

    IdleMemory(Supplier<Duration> idle, Runnable trim, Optional<MemoryPoolMXBean> oldGeneration) {
        this.idle = idle;
        this.trim = trim;
        this.oldGeneration = oldGeneration;
    }

    private static Optional<MemoryPoolMXBean> oldGeneration() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .filter(pool -> pool.getName().matches(".*(Old|Tenured).*"))
                .findFirst();
    }

    @Override
    public void run() {
        Duration time = idle.get();
        boolean over = time.compareTo(OVER) > 0;
        boolean collected = time.compareTo(LONG_OVER) > 0
                && oldGeneration.map(this::collectIfWorthIt).orElse(false);
        if (collected || over && !trimmed) {
            trim.run();
        }
        trimmed = over;
    }

    /** The most that the generation held since the last collection is what it has taken of the system. */
    private boolean collectIfWorthIt(MemoryPoolMXBean generation) {
        if (generation.getPeakUsage().getUsed() - leftBytes < LEAST_BYTES) {
            return false;
        }
        System.gc();
        generation.resetPeakUsage();
        leftBytes = generation.getUsage().getUsed();
        return true;
    }
}
