package dev.headroom.task;

import java.util.concurrent.Semaphore;

/** Runs the CPU side of items on virtual threads, so many at a time, first come first served. */
public final class Workers {

    private final Semaphore permits;

    /** As many at a time as the plan's {@code workers}. */
    public Workers(int atATime) {
        permits = new Semaphore(atATime, true);
    }

    /** Runs a task as soon as there is a worker for it. The task deals with its own failures. */
    void execute(Runnable task) {
        Thread.startVirtualThread(() -> {
            permits.acquireUninterruptibly();
            try {
                task.run();
            } finally {
                permits.release();
            }
        });
    }
}
