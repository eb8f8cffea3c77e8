package dev.headroom.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * How large a batch may be.
 *
 * @param items most items
 * @param elements most padded elements: items x the longest of them
 */
record BatchLimits(int items, long elements) {

    /**
     * The next batch: the oldest item, and with it those most like it in length, so that little is padded. The oldest
     * goes whatever its size: only the device can say that it does not fit.
     *
     * @param queued the items in the order of their arrival, at least one
     */
    List<Item<?>> select(Collection<Item<?>> queued) {
        Iterator<Item<?>> arrival = queued.iterator();
        Item<?> oldest = arrival.next();
        List<Item<?>> others = new ArrayList<>();
        arrival.forEachRemaining(others::add);
        others.sort(Comparator.comparingLong(item -> Math.abs(item.elements() - oldest.elements())));

        List<Item<?>> batch = new ArrayList<>(List.of(oldest));
        long longest = oldest.elements();
        for (Item<?> item : others) {
            long length = Math.max(longest, item.elements());
            if (batch.size() < items && (batch.size() + 1) * length <= elements) {
                batch.add(item);
                longest = length;
            }
        }
        return batch;
    }
}
