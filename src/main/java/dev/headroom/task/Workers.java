package dev.headroom.task;

import java.util.concurrent.Semaphore;

/** Runs the CPU side of items on virtual threads, so many at a time, first come first served. */
public final class Workers {

    private static final class Permits extends Semaphore {

        private static final long serialVersionUID = 1L;

        private Permits(int permits) {
            super(permits, true);
        }

        private void add(int more) {
            if (more < 0) {
                reducePermits(-more);
            } else {
                release(more);
            }
        }
    }

    private final Permits permits;
    private int atATime;

    /** As many at a time as the plan's {@code workers}. */
    public Workers(int atATime) {
        this.atATime = atATime;
        permits = new Permits(atATime);
    }

    /** From now on so many at a time; what runs already is not stopped. */
    public synchronized void resize(int otherAtATime) {
        permits.add(otherAtATime - atATime);
        atATime = otherAtATime;
    }

    /** Runs a small task on the calling thread where there is a worker for it: handing it over would cost more. */
    void executeSmall(Runnable task) {
        if (permits.hasQueuedThreads() || !permits.tryAcquire()) {
            execute(task);
            return;
        }
        try {
            task.run();
        } finally {
            permits.release();
        }
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
