package dev.headroom.gate;

import dev.headroom.gate.LaneQueue.Waiter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The lanes of a device: gives each to one thread at a time, or all to one thread, in the order of {@link LaneQueue}.
 *
 * <p>One lock guards it. A thread takes no other lock and runs no foreign code while it holds it. A thread that holds a lane
 * and waits for the others does not count as a holder meanwhile, so two of them cannot wait for each other.
 */
public final class Lanes {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LaneQueue queue = new LaneQueue();
    private final VirtualTime time = new VirtualTime();
    private final LanePool pool;
    private volatile int available; // for a thread that has none, as the lock was last given back
    private int held;
    private boolean alone;

    public Lanes(List<Lane> lanes) {
        pool = new LanePool(lanes);
        available = pool.free();
    }

    private void unlock() {
        count();
        lock.unlock();
    }

    private void count() {
        available = alone || queue.hasHolders() ? 0 : pool.free();
    }

    private <T> T locked(Supplier<T> task) {
        lock.lock();
        try {
            return task.get();
        } finally {
            unlock();
        }
    }

    private void change(Runnable change) {
        locked(() -> {
            change.run();
            return null;
        });
    }

    /** From now on there is a lane for each of these threads; the caller holds all that there were. */
    void replace(List<? extends Executor> threads, Lane taken) {
        change(() -> pool.replace(threads, taken));
    }

    List<Lane> all() {
        return pool.all();
    }

    /** How many more batches could run now. */
    int free() {
        return available;
    }

    /** How many threads without a lane wait, for one or for all. */
    int waiting() {
        return locked(queue::size);
    }

    /** How long lanes were held, all together. */
    long busyNanos() {
        return locked(time::busyNanos);
    }

    /** True if no other share's batch and no thread that needs all lanes waits. */
    boolean onlyWantedBy(Share share) {
        return locked(() -> queue.isOnlyOf(share));
    }

    /** Waits for a lane, or for all. */
    public Lane enter(Share share, boolean forAll) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            time.arrive(share);
            Waiter waiter = queue.add(share, forAll);
            grant();
            await(waiter);
            return waiter.lane();
        } finally {
            unlock();
        }
    }

    private void await(Waiter waiter) throws InterruptedException {
        try {
            while (!waiter.granted()) {
                changed.await();
            }
        } catch (InterruptedException e) {
            queue.remove(waiter);
            if (waiter.granted()) {
                leave(waiter.lane());
            } else {
                grant();
            }
            throw e;
        }
    }

    /** Takes a lane if one is free and no thread waits. */
    Optional<Lane> tryEnter(Share share) {
        return available == 0
                ? Optional.empty()
                : locked(() -> {
                    if (alone || pool.free() == 0 || !queue.isEmpty()) {
                        return Optional.empty();
                    }
                    time.arrive(share);
                    time.serve(share);
                    held++;
                    return Optional.of(pool.take());
                });
    }

    /** Takes the other lanes too if all of them are free and no thread waits. */
    boolean tryAlone() {
        return locked(() -> alone = held == 1 && queue.isEmpty());
    }

    /**
     * Waits until no other thread holds a lane; goes before threads that hold none.
     *
     * @param lane the caller's own
     * @return true if other lanes were held
     */
    boolean becomeAlone(Share share, Lane lane) {
        return locked(() -> {
            boolean others = held > 1;
            Waiter waiter = queue.addHolder(share, lane);
            held--;
            grant();
            while (!waiter.granted()) {
                changed.awaitUninterruptibly();
            }
            return others;
        });
    }

    /** Gives a lane back, or all if the caller held all. */
    public void leave(Lane lane) {
        change(() -> {
            held--;
            alone = false;
            pool.giveBack(lane);
            grant();
        });
    }

    /** A share has had so much of the device. */
    void had(Share share, long nanos) {
        change(() -> time.had(share, nanos));
    }

    /** Gives lanes to waiting threads as long as there are some. */
    private void grant() {
        for (Optional<Waiter> next = queue.next(); next.filter(this::canHave).isPresent(); next = queue.next()) {
            Waiter waiter = next.get();
            queue.grant(waiter, waiter.lane() == null ? pool.take() : waiter.lane());
            held++;
            alone = waiter.forAll();
            if (!alone) {
                time.serve(waiter.share());
            }
        }
        count();
        changed.signalAll();
    }

    private boolean canHave(Waiter waiter) {
        return !alone && (waiter.forAll() ? held == 0 : pool.free() > 0);
    }
}
