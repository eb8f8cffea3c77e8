package dev.headroom.batch;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The lock of a queue, with the threads that wait under it: idle ones for work, closers for the items that complete their
 * batches.
 *
 * <p>A thread that waits says so before it looks, and one that changes something looks for it after the change. So
 * neither misses the other, and nobody is woken for nothing.
 */
final class QueueLock {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Runnable beforeUnlock;
    private final Runnable afterUnlock;
    private volatile int closers;
    private volatile int idle;

    /**
     * Nobody holds it.
     *
     * @param beforeUnlock runs under the lock before it is given back by a thread that may have changed something
     * @param afterUnlock runs then without the lock
     */
    QueueLock(Runnable beforeUnlock, Runnable afterUnlock) {
        this.beforeUnlock = beforeUnlock;
        this.afterUnlock = afterUnlock;
    }

    /** Changes something under the lock. */
    void change(Runnable change) {
        changed(() -> {
            change.run();
            return null;
        });
    }

    /** The same with a result. */
    <T> T changed(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            unlock();
        }
    }

    private void unlock() {
        beforeUnlock.run();
        lock.unlock();
        afterUnlock.run();
    }

    /** Becomes a closer, with the lock; {@link #leave} follows. */
    void enter() throws InterruptedException {
        lock.lockInterruptibly();
        closers++;
    }

    /** The same of a thread that is not to be interrupted before it has looked. */
    void enterAtOnce() {
        lock.lock();
        closers++;
    }

    /** Closers, this thread included if it is one. */
    int closers() {
        return closers;
    }

    /** Waits as a closer, without the lock, for a change, so many nanoseconds at most; returns those that are left. */
    long awaitChange(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }

    /** Gives the lock back. Wakes the other closers, which may wait for the items that this one has taken. */
    void leave() {
        closers--;
        if (closers > 0) {
            changed.signalAll();
        }
        unlock();
    }

    /** Tells closers of a change that was made without the lock. */
    void tellClosers() {
        if (closers > 0) {
            change(changed::signalAll);
        }
    }

    /** Tells closers of a change; the caller has the lock. */
    void signalClosers() {
        changed.signalAll();
    }

    /** Waits, without the lock, until there is work; looks again whenever it is {@link #wake woken}. Changes nothing. */
    void awaitWork(BooleanSupplier isThere) throws InterruptedException {
        lock.lockInterruptibly();
        idle++;
        try {
            while (!isThere.getAsBoolean()) {
                work.await();
            }
        } finally {
            idle--;
            lock.unlock();
        }
    }

    /** Wakes the threads that wait for work. */
    void wake() {
        if (idle > 0) {
            change(work::signalAll);
        }
    }
}
