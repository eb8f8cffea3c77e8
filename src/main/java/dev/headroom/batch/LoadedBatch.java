package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A batch that ran while callers waited for it.
 *
 * @param rows its items
 * @param elements its padded elements
 * @param nanos how long it ran
 * @param late the items that it answered after their callers' deadlines
 * @param deadline the time that nine in ten of its callers allow at least; empty if they set none
 */
record LoadedBatch(int rows, long elements, long nanos, int late, Optional<Duration> deadline) {

    private static final int ONE_IN = 10; // a caller in a hurry does not decide for the others

    /** A batch of these items, which has just ended. */
    static LoadedBatch of(List<Item<?>> items, long nanos) {
        List<Duration> deadlines = items.stream()
                .flatMap(item -> item.urgency().deadline().stream())
                .sorted()
                .toList();
        int hasty = items.size() / ONE_IN;
        return new LoadedBatch(
                items.size(),
                ItemList.padded(items),
                nanos,
                (int) items.stream().filter(Item::isLate).count(),
                hasty < deadlines.size() ? Optional.of(deadlines.get(hasty)) : Optional.empty());
    }

    /** Padded elements for each nanosecond. */
    double rate() {
        return (double) elements / Math.max(1, nanos);
    }
}
