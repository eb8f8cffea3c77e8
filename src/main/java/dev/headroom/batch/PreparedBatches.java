package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The batches that replicas have prepared for their lanes, at most one each, and
 * those that they are preparing. One that is no longer right is undone: its
 * items wait again, as if it had never been closed. The lock of {@link BatchQueue} guards all but {@link #closeUnused}.
 */
final class PreparedBatches {

    private final WaitingItems waiting;
    private final Map<AdaptiveLimit, Batch> batches = new IdentityHashMap<>();
    private final Set<AdaptiveLimit> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<Batch> unused = new ConcurrentLinkedQueue<>();

    /** None, whose items come from these and go back there. */
    PreparedBatches(WaitingItems waiting) {
        this.waiting = waiting;
    }

    /** The items of all of them. */
    int items() {
        int items = 0;
        for (Batch batch : batches.values()) {
            items += batch.items().size();
        }
        return items;
    }

    /** True if the replica of this limit neither has a batch nor prepares one. */
    boolean mayBegin(AdaptiveLimit limit) {
        return !batches.containsKey(limit) && !underWay.contains(limit);
    }

    /** The replica of this limit prepares a batch from now on. */
    void begin(AdaptiveLimit limit) {
        underWay.add(limit);
    }

    /** True if the replica of this limit prepares a batch. */
    boolean isUnderWay(AdaptiveLimit limit) {
        return underWay.contains(limit);
    }

    /** The batch is prepared. */
    void keep(AdaptiveLimit limit, Batch batch) {
        underWay.remove(limit);
        batches.put(limit, batch);
    }

    /** The batch is not going to be prepared. */
    void putBack(AdaptiveLimit limit, Batch batch) {
        underWay.remove(limit);
        putBack(batch);
    }

    Optional<Batch> take(AdaptiveLimit limit) {
        return Optional.ofNullable(batches.remove(limit));
    }

    /** The batch for the replica of this limit; empty if there is none, or it was no longer right and is undone. */
    Optional<Batch> takeIfRight(AdaptiveLimit limit, BatchLimits limits) {
        Optional<Batch> batch = take(limit);
        if (batch.isPresent() && !isRight(batch.get(), limits)) {
            putBack(batch.get());
            return Optional.empty();
        }
        return batch;
    }

    /** False where an item is over meanwhile, the limits are lower, or an item waits that goes before all of the batch. */
    private boolean isRight(Batch batch, BatchLimits limits) {
        Item<?> first = batch.items().getFirst();
        for (Item<?> item : batch.items()) {
            if (item.isOver()) {
                return false;
            }
            first = item.turn() < first.turn() ? item : first;
        }
        return limits.allow(batch.items()) && !waiting.anyBefore(first);
    }

    /** Undoes a batch. */
    void putBack(Batch batch) {
        waiting.putBack(batch.items());
        unused.add(batch);
    }

    /** Undoes all; false if there is none. */
    boolean putBackAll() {
        boolean any = !batches.isEmpty();
        batches.values().forEach(this::putBack);
        batches.clear();
        return any;
    }

    /** Closes the tensors of those that were undone; called without the lock. */
    void closeUnused() {
        for (Batch batch = unused.poll(); batch != null; batch = unused.poll()) {
            batch.close();
        }
    }
}
