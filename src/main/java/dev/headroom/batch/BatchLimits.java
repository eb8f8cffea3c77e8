package dev.headroom.batch;

import dev.headroom.plan.Plan;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import java.util.List;

/**
 * The most that a batch may hold.
 *
 * @param plan the plan's limits in items, padded elements and memory
 * @param elements most padded elements, as learned: items x the longest of them
 * @param items most items, as learned, whatever their length
 */
record BatchLimits(Plan plan, long elements, int items) {

    /** Items of like length are looked for among so many batches' worth. */
    private static final int BATCHES_AHEAD = 4;

    private static final int LEAST_AHEAD = 64;
    private static final int MOST_AHEAD = 1024;

    /** The number of waiting items that are looked at. */
    int ahead() {
        return Math.clamp((long) BATCHES_AHEAD * items, LEAST_AHEAD, Math.max(items, MOST_AHEAD));
    }

    /** True if these items fill a batch. */
    boolean filledBy(List<Item<?>> waiting) {
        long waitingElements = 0;
        for (Item<?> item : waiting) {
            waitingElements += item.elements();
        }
        return waiting.size() >= items || waitingElements >= elements;
    }

    /** True if these items may share a batch; one alone may always be tried. */
    boolean allow(List<Item<?>> batch) {
        return batch.size() == 1 || batch.size() <= mostRows(ItemList.longest(batch));
    }

    /**
     * Selects the next batch: the first item and those most like it in length, so that all items together cost the device
     * least. The first goes whatever its size, because only the device can say that it does not fit.
     *
     * @param waiting the items in the order of their turn, at least one
     * @param most the most items, because other lanes are free for the rest
     */
    List<Item<?>> select(List<Item<?>> waiting, int most) {
        return new Grouping(waiting, this, most).batchOfFirst();
    }

    /** The limits that hold where both hold, of one plan. */
    BatchLimits lowest(BatchLimits other) {
        return new BatchLimits(plan, Math.min(elements, other.elements), Math.min(items, other.items));
    }

    /** The most rows of this length that may share a batch. */
    long mostRows(long length) {
        return Math.min(Math.min(items, elements / length), plan.mostRows(length));
    }

    /** The fixed cost of a run, in elements. */
    long runCost() {
        return plan.runCost().value();
    }
}
