package dev.headroom.batch;

import dev.headroom.batch.BatchWindow.Forming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The items that wait for the device, in the order of their arrival. */
final class BatchQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Item<?>> items = new LinkedHashSet<>();
    private int arriving;
    private boolean draining;

    /** Items will arrive: each is {@link #add}ed or {@link #forget forgotten}. */
    void expect(int count) {
        locked(() -> arriving += count);
    }

    /** An expected item does not arrive. */
    void forget() {
        locked(() -> arriving--);
    }

    /** An expected item arrives. */
    void add(Item<?> item) {
        locked(() -> {
            arriving--;
            items.add(item);
        });
    }

    /** From now on no batch waits for another item. */
    void drain() {
        locked(() -> draining = true);
    }

    int size() {
        lock.lock();
        try {
            return items.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the first work. */
    void await() throws InterruptedException {
        lock.lock();
        try {
            while (items.isEmpty()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the next batch, to be called when the device is free for it.
     *
     * @return the batch; empty when every queued item was over
     */
    Optional<Batch> close(LearnedLimit limit, BatchWindow window) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                items.removeIf(Item::isOver);
                if (items.isEmpty()) {
                    return Optional.empty();
                }
                BatchLimits limits = limit.current();
                List<Item<?>> selected = limits.select(items);
                Forming forming = forming(selected, limits);
                Optional<CloseReason> reason = draining ? Optional.of(CloseReason.DRAIN) : window.close(forming);
                if (reason.isPresent()) {
                    selected.forEach(items::remove);
                    return Optional.of(new Batch(selected, reason.get()));
                }
                changed.await(window.remaining(forming).toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes every item out. */
    List<Item<?>> clear() {
        lock.lock();
        try {
            List<Item<?>> rest = new ArrayList<>(items);
            items.clear();
            return rest;
        } finally {
            lock.unlock();
        }
    }

    private Forming forming(List<Item<?>> selected, BatchLimits limits) {
        boolean full = selected.size() < items.size() || selected.size() >= limits.items();
        long waited = System.nanoTime() - items.iterator().next().queuedNanos();
        return new Forming(full, arriving, Duration.ofNanos(waited));
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
