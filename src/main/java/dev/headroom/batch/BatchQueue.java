package dev.headroom.batch;

import dev.headroom.batch.Closing.Attempt;
import dev.headroom.gate.Gates;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The items that wait for a device, and the closing of their batches. Callers' threads leave items in the inbox, without the
 * lock. A thread that closes a batch takes them from there. It holds a permit, and is the replica's own, a caller's or a
 * lane's; or it is a {@link Preparer}, which needs none.
 *
 * <p>One lock guards all but the inbox. Under it a thread reads the limits, the admission, the pace and the free lanes, one
 * at a time; no thread takes this lock while it holds one of theirs. No item ends under the lock.
 */
final class BatchQueue {

    private final Inbox inbox = new Inbox();
    private final WaitingItems items = new WaitingItems();
    private final PreparedBatches prepared = new PreparedBatches(items);
    private final QueueLock lock = new QueueLock(this::count, prepared::closeUnused);
    private final Closing closing;
    private volatile int held; // waiting or prepared
    private volatile boolean draining;

    BatchQueue(Admission admission, Pace pace, Gates gates) {
        this.closing =
                new Closing(items, prepared, new Closing.Surroundings(admission, pace, gates, () -> size() == 0));
    }

    /** Items will arrive: each is {@link #add added} or {@link #forget forgotten}. */
    void expect(int count) {
        inbox.expect(count);
    }

    /** An expected item does not arrive. */
    void forget() {
        inbox.expect(-1);
        lock.tellClosers();
    }

    /** An expected item arrives. */
    void add(Item<?> item) {
        inbox.add(item);
        lock.tellClosers();
        if (inbox.size() >= WaitingItems.LEAST_PURGED) { // no device takes items
            lock.change(this::emptyInbox);
        }
    }

    /** From now on no batch waits for another item. */
    void drain() {
        draining = true;
        lock.tellClosers();
    }

    /** The items that wait, those of prepared batches included. */
    int size() {
        return held + inbox.size();
    }

    private void count() {
        held = items.size() + prepared.items();
    }

    private void emptyInbox() {
        List<Item<?>> arrived = inbox.takeAll();
        if (!arrived.isEmpty()) {
            items.add(arrived);
            closing.arrived(arrived.getLast());
            count();
            inbox.taken(arrived.size());
        }
    }

    /** Removes all items and fails them. */
    void failAll(Failure failure) {
        List<Item<?>> removed = new ArrayList<>();
        lock.change(() -> {
            emptyInbox();
            prepared.putBackAll();
            removed.addAll(items.clear());
        });
        removed.forEach(item -> item.fail(failure));
    }

    /** Ends an {@link #await}: the thread that added an item did not start a batch. */
    void wake() {
        lock.wake();
    }

    /** Waits for the first item. */
    void await() throws InterruptedException {
        lock.awaitWork(() -> size() > 0);
    }

    /**
     * Waits until the next batch closes. The caller holds a permit; several may wait at a time, one for each device.
     *
     * @return the batch; empty when every item was over or went to another device
     */
    Optional<Batch> close(AdaptiveLimit limit) throws InterruptedException {
        lock.enter();
        try {
            while (true) {
                Attempt attempt = attempt(limit);
                if (attempt.batch().isPresent() || !attempt.pause().isPositive()) {
                    return attempt.batch();
                }
                lock.awaitChange(attempt.pause().toNanos());
            }
        } finally {
            lock.leave();
        }
    }

    /** The next batch if it closes at once. The caller holds a permit. */
    Optional<Batch> closeNow(AdaptiveLimit limit) {
        return closeNow(limit, 0);
    }

    /** The same for a lane, which waits for the full batch that is being prepared for it. */
    Optional<Batch> closeNext(AdaptiveLimit limit) {
        return closeNow(limit, Closing.LONGEST_PREPARATION.toNanos());
    }

    private Optional<Batch> closeNow(AdaptiveLimit limit, long nanos) {
        lock.enterAtOnce();
        try {
            Optional<Batch> batch = attempt(limit).batch();
            for (long left = nanos; batch.isEmpty() && left > 0 && prepared.isUnderWay(limit); ) {
                left = lock.awaitChange(left);
                batch = attempt(limit).batch();
            }
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.leave();
        }
    }

    private Attempt attempt(AdaptiveLimit limit) {
        emptyInbox();
        return closing.attempt(limit, new Closing.Moment(inbox.arriving(), lock.closers(), draining));
    }

    /** A full batch to be prepared, if no lane is free for it. Then {@link #keep} or {@link #putBack} follows. */
    Optional<Batch> closeAhead(AdaptiveLimit limit) {
        return lock.changed(() -> {
            emptyInbox();
            return lock.closers() == 0 ? closing.ahead(limit) : Optional.empty();
        });
    }

    /** The batch is prepared. The caller then starts it if the lane is free, or {@link #wake wakes}. */
    void keep(AdaptiveLimit limit, Batch batch) {
        lock.change(() -> {
            prepared.keep(limit, batch);
            lock.signalClosers();
        });
    }

    /** The batch could not be prepared: its items wait again. */
    void putBack(AdaptiveLimit limit, Batch batch) {
        lock.change(() -> {
            prepared.putBack(limit, batch);
            lock.signalClosers();
        });
    }

    /** The items that were prepared for the replica of this limit wait again, for the others. */
    void giveUp(AdaptiveLimit limit) {
        lock.change(() -> {
            prepared.take(limit).ifPresent(prepared::putBack);
            lock.signalClosers();
        });
    }
}
