package dev.headroom.gate;

import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A thread of the device, on which one batch at a time runs, and how far it has got. */
public final class Lane {

    private final Executor thread;
    private final AtomicLong runs = new AtomicLong();
    private volatile boolean busy;

    public Lane(Executor thread) {
        this.thread = thread;
    }

    /** Whether this is its thread. */
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

    /** The task has got on to its next run. */
    void goOn() {
        runs.incrementAndGet();
    }

    /** Counts what its tasks have got on to; empty while there is none. */
    OptionalLong progress() {
        return busy ? OptionalLong.of(runs.get()) : OptionalLong.empty();
    }
}
