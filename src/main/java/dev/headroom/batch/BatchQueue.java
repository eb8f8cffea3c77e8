package dev.headroom.batch;

import dev.headroom.batch.BatchWindow.Forming;
import dev.headroom.request.Item;
import dev.headroom.tensor.Form;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The items that wait for the device, in the order of their turn. */
final class BatchQueue {

    private static final int LEAST_PURGED = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final NavigableSet<Item<?>> items =
            new TreeSet<>(Comparator.<Item<?>>comparingLong(Item::turn).thenComparingLong(Item::number));
    private int arriving;
    private long added;
    private int closers;
    private long lastNanos;
    private boolean draining;
    private int purgeAt = LEAST_PURGED;

    /**
     * What a closing depends on beside the queue.
     *
     * @param limits how large a batch may be
     * @param window how long it waits
     * @param freeLanes lanes that could take a batch now, beside those for which one is being closed
     * @param gathered whether as many items are here as lately were at a time
     */
    record Circumstances(LearnedLimit limits, BatchWindow window, IntSupplier freeLanes, BooleanSupplier gathered) {}

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
            lastNanos = System.nanoTime();
            item.number(added++);
            items.add(item);
            purge();
        });
    }

    /** While no batch closes, because the device hangs, what is over must not pile up. */
    private void purge() {
        if (items.size() > purgeAt) {
            items.removeIf(Item::isOver);
            purgeAt = Math.max(LEAST_PURGED, 2 * items.size());
        }
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

    /** Ends an {@link #await}: whoever added an item does not see to it that a batch is formed. */
    void wake() {
        lock.lock();
        try {
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the first work. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (items.isEmpty()) {
                work.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the next batch, to be called when a device is free for it; where several are, for each of them.
     *
     * @return the batch; empty when every queued item was over, or went to another device
     */
    Optional<Batch> close(Circumstances now) throws InterruptedException {
        lock.lockInterruptibly();
        closers++;
        try {
            while (true) {
                Attempt attempt = attempt(now);
                if (attempt.batch.isPresent() || !attempt.pause.isPositive()) {
                    return attempt.batch;
                }
                changed.await(attempt.pause.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            closers--;
            changed.signalAll(); // another device may be held for what this one has taken
            lock.unlock();
        }
    }

    /** The next batch where it closes at once; empty where it is worth waiting, or nothing is there. */
    Optional<Batch> closeNow(Circumstances now) {
        lock.lock();
        closers++;
        try {
            return attempt(now).batch;
        } finally {
            closers--;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** A batch, or how long it is worth waiting for; neither where nothing is there. */
    private record Attempt(Optional<Batch> batch, Duration pause) {}

    private Attempt attempt(Circumstances now) {
        BatchLimits limits = now.limits.current();
        List<Item<?>> waiting = ofOneForm(first(limits.ahead()));
        if (waiting.isEmpty()) {
            return new Attempt(Optional.empty(), Duration.ZERO);
        }
        Forming forming = forming(limits.filledBy(waiting), now.gathered.getAsBoolean(), waiting.getFirst());
        Optional<CloseReason> reason = draining ? Optional.of(CloseReason.DRAIN) : now.window.close(forming);
        return new Attempt(
                reason.map(why -> take(waiting, limits, closers + now.freeLanes.getAsInt(), why)),
                now.window.remaining(forming));
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

    /** The first of those that are not over; those before them that are leave the queue. */
    private List<Item<?>> first(int most) {
        List<Item<?>> first = new ArrayList<>(Math.min(most, items.size()));
        for (Iterator<Item<?>> all = items.iterator(); all.hasNext() && first.size() < most; ) {
            Item<?> item = all.next();
            if (item.isOver()) {
                all.remove();
            } else {
                first.add(item);
            }
        }
        return first;
    }

    /** Those that may share a batch with the first. */
    private static List<Item<?>> ofOneForm(List<Item<?>> waiting) {
        if (waiting.isEmpty()) {
            return waiting;
        }
        Form form = waiting.getFirst().row().form();
        return waiting.stream()
                .<Item<?>>filter(item -> item.row().form().equals(form))
                .toList();
    }

    /** Where several lanes are free each gets as many. */
    private Batch take(List<Item<?>> waiting, BatchLimits limits, int freeLanes, CloseReason reason) {
        List<Item<?>> selected = limits.select(waiting, Math.ceilDiv(waiting.size(), freeLanes));
        selected.forEach(items::remove);
        return new Batch(selected, reason);
    }

    private Forming forming(boolean full, boolean gathered, Item<?> oldest) {
        long now = System.nanoTime();
        return new Forming(
                full,
                arriving,
                gathered,
                Duration.ofNanos(now - oldest.queuedNanos()),
                Duration.ofNanos(now - lastNanos));
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
