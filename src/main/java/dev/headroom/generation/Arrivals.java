package dev.headroom.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The sequences that have arrived and are not in the batch yet, which the lock guards. Any thread may add one, or wake the thread
 * that waits for work.
 */
final class Arrivals {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Sequence> arrived = new ArrayList<>();

    /** Adds a sequence, and wakes the thread that waits. */
    void add(Sequence sequence) {
        lock.lock();
        try {
            arrived.add(sequence);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has the thread that waits look again whether it is to go on. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a sequence has arrived or the batch has something to do.
     *
     * @param runs false once nothing runs any more; {@link #wake} tells of the change
     * @return the same
     */
    boolean await(BooleanSupplier runs, BooleanSupplier busy) throws InterruptedException {
        lock.lock();
        try {
            while (runs.getAsBoolean() && arrived.isEmpty() && !busy.getAsBoolean()) {
                changed.await();
            }
            return runs.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Moves all into the batch. */
    void moveTo(ContinuousBatch batch) {
        lock.lock();
        try {
            arrived.forEach(batch::add);
            arrived.clear();
        } finally {
            lock.unlock();
        }
    }
}
