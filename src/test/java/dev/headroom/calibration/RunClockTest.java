package dev.headroom.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

class RunClockTest {

    private static final long WORK_NANOS = 20_000_000;

    /** This thread waits while another one works. */
    @Test
    void theProcessorsClockStandsStillWhileTheThreadWaits() throws InterruptedException {
        RunClock clock = new RunClock.Processor();
        long start = clock.nanos();
        long wallStart = new RunClock.Wall().nanos();
        Thread other = Thread.ofPlatform().start(RunClockTest::work);
        other.join();
        assertTrue(clock.nanos() - start < WORK_NANOS, "it moved as if this thread had worked");
        assertTrue(new RunClock.Wall().nanos() - wallStart >= WORK_NANOS);
        assertEquals(0, clock.waitedNanos());
    }

    @Test
    void theProcessorsClockMovesWhileTheThreadWorks() {
        RunClock clock = new RunClock.Processor();
        long start = clock.nanos();
        work();
        assertTrue(clock.nanos() - start >= WORK_NANOS);
    }

    @Test
    void theWaitsOfAThreadDoNotShrink() {
        RunClock clock = new RunClock.Wall();
        long before = clock.waitedNanos();
        work();
        assertTrue(clock.waitedNanos() >= before);
    }

    private static void work() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        while (threads.getCurrentThreadCpuTime() - start < WORK_NANOS) {
            Thread.onSpinWait();
        }
    }
}
