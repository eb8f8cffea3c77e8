package dev.headroom.calibration;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** Times runs on the calling thread. The time for which other work has the processor is not to count. */
public interface RunClock {

    /** Nanoseconds, of which only the difference on one thread means something. */
    long nanos();

    /** The part of {@link #nanos} for which the thread has waited for a processor; 0 where that is not known. */
    long waitedNanos();

    /**
     * The processor's time for the calling thread, for runs of which that thread does all the work. It stands still while
     * other work has the processor.
     */
    record Processor(ThreadMXBean threads) implements RunClock {

        public Processor() {
            this(ManagementFactory.getThreadMXBean());
        }

        @Override
        public long nanos() {
            return threads.getCurrentThreadCpuTime();
        }

        @Override
        public long waitedNanos() {
            return 0;
        }
    }

    /** The time that passes, for runs that other threads or a GPU work on. Linux tells how long a thread has waited. */
    record Wall() implements RunClock {

        private static final Path WAITED = Path.of("/proc/thread-self/schedstat");

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long waitedNanos() {
            try {
                return Long.parseLong(Files.readString(WAITED).split(" ")[1]);
            } catch (IOException | RuntimeException e) {
                return 0;
            }
        }
    }
}
