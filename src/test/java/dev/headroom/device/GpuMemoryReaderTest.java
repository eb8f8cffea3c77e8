package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver that tells how often it was asked, and hangs where the test wants it to. */
@Timeout(60)
class GpuMemoryReaderTest {

    private static final String THREAD = "headroom-memory-reader-test";
    private static final Duration PATIENT = Duration.ofMinutes(10);

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch hung = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);
    private volatile boolean hangs;

    private Optional<GpuMemory> driver() {
        int used = asked.incrementAndGet();
        if (hangs) {
            hung.countDown();
            await(answers);
        }
        return Optional.of(new GpuMemory(1000, 1000 - used, used));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .count();
    }

    @Test
    void eachQuestionIsAnsweredByAReadingThatBeganAfterIt() {
        GpuMemoryReader reader = new GpuMemoryReader(THREAD, this::driver, PATIENT);
        assertEquals(Optional.empty(), reader.last());
        long made = reader.readNanos();
        assertEquals(1, reader.now().orElseThrow().usedBytes());
        assertEquals(2, reader.now().orElseThrow().usedBytes());
        assertEquals(2, reader.last().orElseThrow().usedBytes());
        assertTrue(reader.readNanos() - made > 0);
    }

    @Test
    void aDriverThatHangsIsAskedOnceAndEverybodyHasTheLastReading() throws InterruptedException {
        GpuMemoryReader reader = new GpuMemoryReader(THREAD, this::driver, Duration.ofMillis(1));
        while (reader.last().isEmpty()) {
            reader.now();
        }
        hangs = true;
        Thread.startVirtualThread(reader::now);
        hung.await();
        int before = asked.get();
        GpuMemory last = reader.last().orElseThrow();
        long readNanos = reader.readNanos();
        for (int question = 0; question < 100; question++) {
            assertEquals(last, reader.now().orElseThrow());
        }
        assertEquals(before, asked.get(), "nobody asks a driver that has yet to answer");
        assertEquals(1, threads());
        assertEquals(readNanos, reader.readNanos(), "what is shown is as old as it is");

        hangs = false;
        answers.countDown();
        while (reader.now().orElseThrow().usedBytes() <= before) {
            Thread.onSpinWait(); // until it has answered
        }
        assertTrue(reader.readNanos() - readNanos > 0);
    }

    @Test
    void aDriverThatTellsNothingMoreOrFailsLeavesTheLastReading() {
        GpuMemoryReader reader = new GpuMemoryReader(
                THREAD,
                () -> switch (asked.incrementAndGet()) {
                    case 1 -> Optional.of(new GpuMemory(1000, 900, 100));
                    case 2 -> Optional.empty();
                    default -> throw new UnsatisfiedLinkError("the library is gone");
                },
                PATIENT);
        for (int question = 0; question < 3; question++) {
            assertEquals(100, reader.now().orElseThrow().usedBytes());
        }
        assertEquals(3, asked.get());
    }
}
