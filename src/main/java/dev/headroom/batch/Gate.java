package dev.headroom.batch;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The way to one device: as many batches pass at a time as it has lanes, first come first served. */
public final class Gate {

    private final Executor device;
    private final int lanes;
    private final Semaphore permits;

    /**
     * A gate.
     *
     * @param device runs tasks on the device's thread
     * @param lanes batches at a time
     */
    public Gate(Executor device, int lanes) {
        this.device = device;
        this.lanes = lanes;
        this.permits = new Semaphore(lanes, true);
    }

    /** Waits for a permit, which {@link #leave} or the end of a {@link #run} gives back. */
    void enter() throws InterruptedException {
        permits.acquire();
    }

    /** Gives a permit back. */
    void leave() {
        permits.release();
    }

    /** Runs a task on the device's thread and then gives the caller's permit back. */
    void run(Runnable task) {
        device.execute(() -> {
            try {
                task.run();
            } finally {
                leave();
            }
        });
    }

    /** Runs a task while nothing else is on the device; the caller holds one permit and keeps it. */
    <T> T exclusively(Supplier<T> task) {
        leave();
        permits.acquireUninterruptibly(lanes);
        try {
            return task.get();
        } finally {
            permits.release(lanes - 1);
        }
    }
}
