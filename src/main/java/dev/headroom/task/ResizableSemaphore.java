package dev.headroom.task;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** So many at a time, first come first served; how many may change. */
public final class ResizableSemaphore {

    private final Shrinkable semaphore;
    private int atATime;

    /** A semaphore lets only those who extend it take permits away that are not there. */
    private static final class Shrinkable extends Semaphore {

        private static final long serialVersionUID = 1L;

        Shrinkable(int permits) {
            super(permits, true);
        }

        void shrink(int by) {
            reducePermits(by);
        }
    }

    /** So many at a time. */
    public ResizableSemaphore(int atATime) {
        this.semaphore = new Shrinkable(atATime);
        this.atATime = atATime;
    }

    /** From now on so many at a time; what runs already is not stopped. */
    public synchronized void resize(int otherAtATime) {
        int more = otherAtATime - atATime;
        if (more < 0) {
            semaphore.shrink(-more);
        } else {
            semaphore.release(more);
        }
        atATime = otherAtATime;
    }

    /** Waits for one, but no longer than this; whether there was one. */
    public boolean tryAcquire(Duration longest) throws InterruptedException {
        return semaphore.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives one back. */
    public void release() {
        semaphore.release();
    }

    /** Takes one if nobody has to wait for one; whether it did. */
    boolean tryAcquireNow() {
        return !semaphore.hasQueuedThreads() && semaphore.tryAcquire();
    }

    /** Waits for one, whatever interrupts it. */
    void acquire() {
        semaphore.acquireUninterruptibly();
    }
}
