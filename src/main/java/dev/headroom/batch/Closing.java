package dev.headroom.batch;

import dev.headroom.batch.BatchWindow.Forming;
import dev.headroom.gate.Gates;
import dev.headroom.request.Item;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Decides whether the next batch closes, and takes its items. The lock of {@link BatchQueue} guards it. */
final class Closing {

    /** To wait longer for a batch that is being prepared would cost more than to form another. */
    static final Duration LONGEST_PREPARATION = Duration.ofMillis(10);

    private final WaitingItems items;
    private final PreparedBatches prepared;
    private final Surroundings surroundings;
    private long lastNanos;

    /**
     * All that tells if more items will come, and if a lane is free for them.
     *
     * @param isEmpty true if no item waits for a device
     */
    record Surroundings(Admission admission, Pace pace, Gates gates, BooleanSupplier isEmpty) {}

    /**
     * The moment of an attempt.
     *
     * @param arriving the number of items that are being tokenised or decoded
     * @param closers the number of threads that hold a permit and close batches, the caller included
     * @param draining true if no batch waits for another item
     */
    record Moment(int arriving, int closers, boolean draining) {}

    /** A batch, or how long it is worth waiting for one; neither if the queue is empty. */
    record Attempt(Optional<Batch> batch, Duration pause) {}

    Closing(WaitingItems items, PreparedBatches prepared, Surroundings surroundings) {
        this.items = items;
        this.prepared = prepared;
        this.surroundings = surroundings;
    }

    /** The latest item has arrived. */
    void arrived(Item<?> item) {
        lastNanos = item.queuedNanos();
    }

    /** A full batch to be prepared, if no lane is free for it. */
    Optional<Batch> ahead(AdaptiveLimit limit) {
        BatchLimits limits = limit.current();
        List<Item<?>> waiting = items.firstOfOneForm(limits.ahead());
        boolean may = surroundings.gates.freeLanes() == 0 && prepared.mayBegin(limit);
        if (!may || waiting.isEmpty() || !limits.filledBy(waiting)) {
            return Optional.empty();
        }
        Batch batch = take(waiting, limits, 1, CloseReason.FULL);
        prepared.begin(limit);
        return Optional.of(batch);
    }

    /** Closes a batch for the replica of this limit, which holds a permit. */
    Attempt attempt(AdaptiveLimit limit, Moment moment) {
        BatchLimits limits = limit.current();
        Optional<Batch> ready = prepared.takeIfRight(limit, limits);
        if (ready.isPresent()) {
            return new Attempt(ready, Duration.ZERO);
        }
        List<Item<?>> waiting = items.firstOfOneForm(limits.ahead());
        boolean full = limits.filledBy(waiting);
        if (!full && prepared.putBackAll()) { // a lane is free for what others have prepared
            waiting = items.firstOfOneForm(limits.ahead());
            full = limits.filledBy(waiting);
        }
        if (waiting.isEmpty()) {
            return new Attempt(Optional.empty(), Duration.ZERO);
        }
        if (!full && prepared.isUnderWay(limit)) { // a full one comes
            return new Attempt(Optional.empty(), LONGEST_PREPARATION);
        }
        return formed(waiting, full, limits, moment);
    }

    private Attempt formed(List<Item<?>> waiting, boolean full, BatchLimits limits, Moment moment) {
        BatchWindow window = surroundings.pace.window(limits.plan().windowTime());
        Forming forming = forming(full, waiting.getFirst(), moment);
        Optional<CloseReason> reason = moment.draining ? Optional.of(CloseReason.DRAIN) : window.close(forming);
        int lanes = moment.closers + surroundings.gates.freeLanes();
        return reason.isPresent()
                ? new Attempt(Optional.of(take(waiting, limits, lanes, reason.get())), Duration.ZERO)
                : new Attempt(Optional.empty(), window.remaining(forming));
    }

    private Forming forming(boolean full, Item<?> oldest, Moment moment) {
        long now = System.nanoTime();
        return new Forming(
                full,
                moment.arriving,
                surroundings.admission.gathered(),
                Duration.ofNanos(now - oldest.queuedNanos()),
                Duration.ofNanos(now - lastNanos));
    }

    /** Takes the batch's items; an equal part of those that wait if several lanes are free. */
    private Batch take(List<Item<?>> waiting, BatchLimits limits, int lanes, CloseReason reason) {
        List<Item<?>> selected = limits.select(waiting, Math.ceilDiv(waiting.size(), lanes));
        items.remove(selected);
        return new Batch(selected, reason, surroundings.isEmpty);
    }
}
