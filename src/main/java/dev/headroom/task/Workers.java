package dev.headroom.task;

/** Runs the CPU side of items on virtual threads, so many at a time, first come first served; not images, which take too long. */
public final class Workers {

    private final ResizableSemaphore permits;

    /** As many at a time as the plan's {@code workers}. */
    public Workers(int atATime) {
        permits = new ResizableSemaphore(atATime);
    }

    /** From now on so many at a time; what runs already is not stopped. */
    public void resize(int otherAtATime) {
        permits.resize(otherAtATime);
    }

    /** Runs a small task on the calling thread where there is a worker for it: handing it over would cost more. */
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

    /** Runs a task as soon as there is a worker for it. The task deals with its own failures. */
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
