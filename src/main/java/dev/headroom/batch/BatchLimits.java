package dev.headroom.batch;

import dev.headroom.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * How large a batch may be.
 *
 * @param plan the plan's limits in items, padded elements and memory
 * @param elements most padded elements, as learned: items x the longest of them
 * @param items most items, as learned, whatever their length
 */
record BatchLimits(Plan plan, long elements, int items) {

    private static final double LITTLE = 0.1;
    private static final long ELEMENTS_TO_FIXED_COST = 64;

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
        long unpadded = oldest.elements();
        for (Item<?> item : others) {
            long length = Math.max(longest, item.elements());
            int rows = batch.size() + 1;
            if (allow(rows, length) && pays(rows * length, unpadded + item.elements())) {
                batch.add(item);
                longest = length;
                unpadded += item.elements();
            }
        }
        return batch;
    }

    private boolean allow(int rows, long length) {
        return rows <= items && rows * length <= elements && plan.allows(rows, length);
    }

    /**
     * Another row saves the fixed cost of a run, and padding must not cost more than that. A batch at the knee is one whose
     * fixed cost is a twentieth, and the plan's elements are twice the knee's.
     */
    private boolean pays(long padded, long unpadded) {
        return padded - unpadded <= Math.max(LITTLE * unpadded, elements / ELEMENTS_TO_FIXED_COST);
    }
}
