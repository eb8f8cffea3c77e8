package dev.headroom.task;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A fair semaphore whose number of permits may change. */
public final class ResizableSemaphore {

    private final Shrinkable semaphore;
    private int permits;

    /** Opens the semaphore's protected method to remove permits. */
    private static final class Shrinkable extends Semaphore {

        private static final long serialVersionUID = 1L;

        Shrinkable(int permits) {
            super(permits, true);
        }

        void shrink(int by) {
            reducePermits(by);
        }
    }

    /** A semaphore with so many permits. */
    public ResizableSemaphore(int permits) {
        this.semaphore = new Shrinkable(permits);
        this.permits = permits;
    }

    /** Sets the number of permits; those that are out stay out. */
    public synchronized void resize(int wanted) {
        int more = wanted - permits;
        if (more < 0) {
            semaphore.shrink(-more);
        } else {
            semaphore.release(more);
        }
        permits = wanted;
    }

    /** Waits for a permit, but no longer than this. True if there was one. */
    public boolean tryAcquire(Duration longest) throws InterruptedException {
        return semaphore.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives a permit back. */
    public void release() {
        semaphore.release();
    }

    /** Takes a permit if no thread waits for one. True if it did. */
    boolean tryAcquireNow() {
        return !semaphore.hasQueuedThreads() && semaphore.tryAcquire();
    }

    /** Waits for a permit, without regard to interrupts. */
    void acquire() {
        semaphore.acquireUninterruptibly();
    }
}
