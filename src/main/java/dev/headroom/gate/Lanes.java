package dev.headroom.gate;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lanes of a device, and who takes the next: whoever wants all of them, once it has waited longest, else the model
 * that has had least for its weight.
 */
public final class Lanes {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private final Deque<Waiter> holdersToBeAlone = new ArrayDeque<>();
    private final Deque<Lane> free = new ArrayDeque<>();
    private volatile List<Lane> all;
    private int held;
    private boolean alone;
    private double virtualNanos;
    private long busyNanos;

    /** Somebody who waits for a lane, or for all of them; one who has a lane already waits for the others. */
    private static final class Waiter {

        private final Share share;
        private final boolean forAll;
        private Lane lane;
        private boolean granted;

        private Waiter(Share share, boolean forAll, Lane lane) {
            this.share = share;
            this.forAll = forAll;
            this.lane = lane;
        }
    }

    public Lanes(List<Lane> lanes) {
        all = List.copyOf(lanes);
        free.addAll(all);
    }

    /** From now on there is a lane for each of these threads; called by whoever has all that there were. */
    void replace(List<? extends Executor> threads, Lane taken) {
        lock.lock();
        try {
            all = threads.stream().map(this::lane).toList();
            free.clear();
            all.stream().filter(lane -> lane != taken).forEach(free::add);
        } finally {
            lock.unlock();
        }
    }

    private Lane lane(Executor thread) {
        return all.stream().filter(lane -> lane.on(thread)).findFirst().orElseGet(() -> new Lane(thread));
    }

    List<Lane> all() {
        return all;
    }

    /** How many nobody has. */
    int free() {
        lock.lock();
        try {
            return alone || !holdersToBeAlone.isEmpty() ? 0 : free.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait, for one lane or for all. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a lane, or for all. */
    public Lane enter(Share share, boolean forAll) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            share.arrive(virtualNanos);
            Waiter waiter = new Waiter(share, forAll, null);
            waiting.add(waiter);
            grant();
            await(waiter);
            return waiter.lane;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a lane where one is free and nobody waits. */
    Optional<Lane> tryEnter(Share share) {
        lock.lock();
        try {
            if (alone || free.isEmpty() || !waiting.isEmpty() || !holdersToBeAlone.isEmpty()) {
                return Optional.empty();
            }
            share.arrive(virtualNanos);
            virtualNanos = share.virtualNanos();
            held++;
            return Optional.of(free.poll());
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody but this share itself wants what it has. */
    boolean onlyWantedBy(Share share) {
        lock.lock();
        try {
            return holdersToBeAlone.isEmpty()
                    && waiting.stream().allMatch(waiter -> waiter.share == share && !waiter.forAll);
        } finally {
            lock.unlock();
        }
    }

    private void await(Waiter waiter) throws InterruptedException {
        try {
            while (!waiter.granted) {
                changed.await();
            }
        } catch (InterruptedException e) {
            waiting.remove(waiter);
            if (waiter.granted) {
                leave(waiter.lane);
            } else {
                grant();
            }
            throw e;
        }
    }

    /** Takes the other lanes too, where all of them are free and nobody waits. */
    boolean tryAlone() {
        lock.lock();
        try {
            alone = held == 1 && waiting.isEmpty() && holdersToBeAlone.isEmpty();
            return alone;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nobody has any other lane; goes before those who have none yet.
     *
     * @param lane the caller's own
     * @return whether others had lanes
     */
    boolean becomeAlone(Share share, Lane lane) {
        lock.lock();
        try {
            boolean others = held > 1;
            Waiter waiter = new Waiter(share, true, lane);
            holdersToBeAlone.add(waiter);
            held--;
            grant();
            while (!waiter.granted) {
                changed.awaitUninterruptibly();
            }
            return others;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a lane back, or all where the caller had all. */
    public void leave(Lane lane) {
        lock.lock();
        try {
            held--;
            alone = false;
            if (all.contains(lane)) {
                free.addFirst(lane);
            }
            grant();
        } finally {
            lock.unlock();
        }
    }

    /** A share has had so much of the device. */
    void had(Share share, long nanos) {
        lock.lock();
        try {
            share.had(nanos);
            busyNanos += nanos;
        } finally {
            lock.unlock();
        }
    }

    /** How long lanes were had, all together. */
    long busyNanos() {
        lock.lock();
        try {
            return busyNanos;
        } finally {
            lock.unlock();
        }
    }

    private void grant() {
        Waiter next = next();
        while (next != null && (next.forAll ? held == 0 : !free.isEmpty()) && !alone) {
            waiting.remove(next);
            holdersToBeAlone.remove(next);
            next.lane = next.lane == null ? free.poll() : next.lane;
            next.granted = true;
            held++;
            alone = next.forAll;
            virtualNanos = alone ? virtualNanos : Math.max(virtualNanos, next.share.virtualNanos());
            next = next();
        }
        changed.signalAll();
    }

    private Waiter next() {
        Waiter first = holdersToBeAlone.isEmpty() ? waiting.peek() : holdersToBeAlone.peek();
        return first == null || first.forAll ? first : leastServed();
    }

    private Waiter leastServed() {
        return waiting.stream()
                .filter(waiter -> !waiter.forAll)
                .min(Comparator.comparingDouble(waiter -> waiter.share.virtualNanos()))
                .orElseThrow();
    }
}
