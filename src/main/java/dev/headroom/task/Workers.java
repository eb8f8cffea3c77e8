package dev.headroom.task;

/** Prepares items on a bounded number of virtual threads, in their order; but not images, which take too long. */
public final class Workers {

    private final ResizableSemaphore permits;

    /** Workers, as many as the plan's {@code workers}. */
    public Workers(int atATime) {
        permits = new ResizableSemaphore(atATime);
    }

    /** Sets the number of workers; running tasks go on. */
    public void resize(int otherAtATime) {
        permits.resize(otherAtATime);
    }

    /** Runs a small task on the calling thread if a worker is free, because handing it over would cost more. */
    void executeSmall(Runnable task) {
        if (!permits.tryAcquireNow()) {
            execute(task);
            return;
        }
        try {
            task.run();
        } finally {
            permits.release();
        }
    }

    /** Runs a task as soon as a worker is free. The task handles its own failures. */
    void execute(Runnable task) {
        Thread.startVirtualThread(() -> {
            permits.acquire();
            try {
                task.run();
            } finally {
                permits.release();
            }
        });
    }
}
