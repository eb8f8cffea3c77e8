package dev.headroom.device;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Reads the memory of one GPU again. Any thread may call.
 *
 * <p>One thread of its own, at most, waits for the driver, which may hang. It holds no lock meanwhile, so that callers
 * get the last reading once their time is over.
 */
public final class GpuMemoryReader {

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final String thread;
    private final Supplier<Optional<GpuMemory>> driver;
    private final long longestNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long asked;
    private long answered;
    private boolean asking;
    private boolean overdue;
    private volatile Optional<GpuMemory> last = Optional.empty();
    private volatile long readNanos = System.nanoTime();

    /** Reads this GPU's memory, and waits for the driver for 2 s at most. */
    public GpuMemoryReader(Gpu gpu) {
        this("headroom-memory-" + gpu.index(), () -> GpuMemory.of(gpu), LONGEST);
    }

    /**
     * A reader.
     *
     * @param thread the name of the thread that asks the driver
     * @param driver returns the memory, or nothing; may hang
     * @param longest the longest that {@link #now} waits for it
     */
    public GpuMemoryReader(String thread, Supplier<Optional<GpuMemory>> driver, Duration longest) {
        this.thread = thread;
        this.driver = driver;
        this.longestNanos = longest.toNanos();
    }

    /** The last reading, at once; empty as long as the driver has told nothing. */
    public Optional<GpuMemory> last() {
        return last;
    }

    /**
     * The time of the {@link #last} reading, by {@link System#nanoTime}; before the first, the time of construction.
     */
    public long readNanos() {
        return readNanos;
    }

    /**
     * Reads the memory as it is after this call began, or returns the last reading where the driver does not answer in
     * time. While an answer is overdue no caller waits for the next one.
     */
    public Optional<GpuMemory> now() {
        lock.lock();
        try {
            long question = ++asked;
            if (!asking) {
                Thread.ofPlatform().daemon().name(thread).start(this::answer);
                asking = true;
            }
            await(question);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return last;
    }

    private void await(long question) throws InterruptedException {
        long left = longestNanos;
        while (answered < question && !overdue) {
            left = changed.awaitNanos(left);
            overdue = left <= 0 && answered < question;
        }
    }

    private void answer() {
        for (long question = newest(); question > 0; question = answered(question, read())) {}
    }

    private long newest() {
        lock.lock();
        try {
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private Optional<GpuMemory> read() {
        try {
            return driver.get();
        } catch (RuntimeException | Error e) { // a driver that cannot be asked tells nothing
            return Optional.empty();
        }
    }

    /** Answers all questions up to this one; returns the newest that has come meanwhile, or 0. */
    private long answered(long question, Optional<GpuMemory> memory) {
        lock.lock();
        try {
            if (memory.isPresent()) {
                last = memory;
                readNanos = System.nanoTime();
            }
            answered = question;
            overdue = false;
            asking = asked > answered;
            changed.signalAll();
            return asking ? asked : 0;
        } finally {
            lock.unlock();
        }
    }
}
