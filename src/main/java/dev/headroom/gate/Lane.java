package dev.headroom.gate;

import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A thread of the device that runs one batch at a time, and its progress. */
public final class Lane {

    private final Executor thread;
    private final AtomicLong runs = new AtomicLong();
    private volatile boolean busy;

    public Lane(Executor thread) {
        this.thread = thread;
    }

    /** True if this is the lane's thread. */
    boolean on(Executor aThread) {
        return thread == aThread;
    }

    /**
     * Runs a task.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the thread has ended
     */
    void execute(Runnable task) {
        thread.execute(() -> {
            busy = true;
            try {
                goOn();
                task.run();
            } finally {
                busy = false;
            }
        });
    }

    /** The task begins its next run. */
    void goOn() {
        runs.incrementAndGet();
    }

    /** The number of runs that its tasks have begun; empty while it has no task. */
    OptionalLong progress() {
        return busy ? OptionalLong.of(runs.get()) : OptionalLong.empty();
    }
}
