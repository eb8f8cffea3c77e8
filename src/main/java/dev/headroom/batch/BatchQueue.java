package dev.headroom.batch;

import dev.headroom.batch.BatchWindow.Forming;
import dev.headroom.gate.Gates;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * The items that wait for a device, and the closing of their batches. Callers' threads add items. A thread that holds a
 * permit closes a batch: the replica's own, a caller's, or a lane's.
 *
 * <p>One lock guards all of it. Under it a thread reads the limits, the admission, the pace and the free lanes, one at a
 * time; no thread takes this lock while it holds one of theirs. No item ends under the lock.
 */
final class BatchQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final WaitingItems items = new WaitingItems();
    private final Admission admission;
    private final Pace pace;
    private final Gates gates;
    private int arriving;
    private int closers;
    private long lastNanos;
    private boolean draining;

    BatchQueue(Admission admission, Pace pace, Gates gates) {
        this.admission = admission;
        this.pace = pace;
        this.gates = gates;
    }

    /** Items will arrive: each is {@link #add added} or {@link #forget forgotten}. */
    void expect(int count) {
        change(() -> arriving += count);
    }

    /** An expected item does not arrive. */
    void forget() {
        change(() -> arriving--);
    }

    /** An expected item arrives. */
    void add(Item<?> item) {
        change(() -> {
            arriving--;
            lastNanos = System.nanoTime();
            items.add(item);
        });
    }

    /** From now on no batch waits for another item. */
    void drain() {
        change(() -> draining = true);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        return read(items::size);
    }

    private int read(IntSupplier value) {
        lock.lock();
        try {
            return value.getAsInt();
        } finally {
            lock.unlock();
        }
    }

    /** Removes all items and fails them. */
    void failAll(Failure failure) {
        List<Item<?>> removed;
        lock.lock();
        try {
            removed = items.clear();
        } finally {
            lock.unlock();
        }
        removed.forEach(item -> item.fail(failure));
    }

    /** Ends an {@link #await}: the thread that added an item did not start a batch. */
    void wake() {
        lock.lock();
        try {
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the first item. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (items.size() == 0) {
                work.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the next batch closes. The caller holds a permit; several may wait at a time, one for each device.
     *
     * @return the batch; empty when every item was over or went to another device
     */
    Optional<Batch> close(AdaptiveLimit limit) throws InterruptedException {
        lock.lockInterruptibly();
        closers++;
        try {
            while (true) {
                Attempt attempt = attempt(limit);
                if (attempt.batch.isPresent() || !attempt.pause.isPositive()) {
                    return attempt.batch;
                }
                changed.await(attempt.pause.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            leave();
        }
    }

    /** The next batch if it closes at once. The caller holds a permit. */
    Optional<Batch> closeNow(AdaptiveLimit limit) {
        lock.lock();
        closers++;
        try {
            return attempt(limit).batch;
        } finally {
            leave();
        }
    }

    /** Wakes the other closers, which may wait for the items that this one has taken. */
    private void leave() {
        closers--;
        changed.signalAll();
        lock.unlock();
    }

    /** A batch, or how long it is worth waiting for one; neither if the queue is empty. */
    private record Attempt(Optional<Batch> batch, Duration pause) {}

    private Attempt attempt(AdaptiveLimit limit) {
        BatchLimits limits = limit.current();
        List<Item<?>> waiting = items.firstOfOneForm(limits.ahead());
        if (waiting.isEmpty()) {
            return new Attempt(Optional.empty(), Duration.ZERO);
        }
        BatchWindow window = pace.window(limits.plan().windowTime());
        Forming forming = forming(limits.filledBy(waiting), waiting.getFirst());
        Optional<CloseReason> reason = draining ? Optional.of(CloseReason.DRAIN) : window.close(forming);
        return new Attempt(reason.map(why -> take(waiting, limits, why)), window.remaining(forming));
    }

    private Forming forming(boolean full, Item<?> oldest) {
        long now = System.nanoTime();
        return new Forming(
                full,
                arriving,
                admission.gathered(),
                Duration.ofNanos(now - oldest.queuedNanos()),
                Duration.ofNanos(now - lastNanos));
    }

    /** Takes the batch's items; an equal part of those that wait if several lanes are free. */
    private Batch take(List<Item<?>> waiting, BatchLimits limits, CloseReason reason) {
        int lanes = closers + gates.freeLanes();
        List<Item<?>> selected = limits.select(waiting, Math.ceilDiv(waiting.size(), lanes));
        items.remove(selected);
        return new Batch(selected, reason);
    }
}
