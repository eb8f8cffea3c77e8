package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Groups waiting items into the batches that cost the device least. A batch costs its padded elements and the fixed cost of
 * a run. Dynamic programming over the items in the order of their length finds the optimum.
 *
 * <p>It works on arrays, and cuts many items at few places: it takes time in proportion to the items.
 */
final class Grouping {

    private static final int SIZES_OF_AN_OCTAVE = 4;

    /** Among more items than these cuts lie further apart. */
    private static final int MOST_CUTS = 1024;

    private final List<Item<?>> waiting;
    private final long runCost;
    private final int count;
    private final int step; // between cuts
    private final int[] order; // the items' places in the list, the shortest item first
    private final long[] lengths; // in that order, as all below
    private final int[] most; // rows that may share a batch with this as the longest
    private final long[] cost; // of all from here to the end
    private final int[] rows; // of the batch that begins here
    private final int[] sizes; // of batches, ascending

    /**
     * Groups items.
     *
     * @param waiting the items in the order of their turn, at least one
     * @param mostRows the most items of one batch, within the limits
     */
    Grouping(List<Item<?>> waiting, BatchLimits limits, int mostRows) {
        this.waiting = waiting;
        runCost = limits.runCost();
        count = waiting.size();
        order = new int[count];
        lengths = new long[count];
        sort();
        most = new int[count];
        for (int i = 0; i < count; i++) {
            most[i] = i > 0 && lengths[i] == lengths[i - 1]
                    ? most[i - 1]
                    : (int) Math.min(mostRows, limits.mostRows(lengths[i]));
        }
        cost = new long[count + 1];
        rows = new int[count];
        step = step();
        sizes = sizes();
        for (int first = (count - 1) / step * step; first >= 0; first -= step) {
            solve(first);
        }
    }

    /** One, unless there are many items and the longest of them may share a batch with many. */
    private int step() {
        int apart = Integer.highestOneBit(Math.max(1, count / MOST_CUTS));
        return apart * SIZES_OF_AN_OCTAVE * 2 <= most[count - 1] ? apart : 1;
    }

    /** Few sizes, so that shapes repeat: 1 to 8, 10, 12, 14, 16, 20, 24, 28, 32 and so on, those of whole steps. */
    private int[] sizes() {
        int largest = Math.min(count, most[0]);
        int[] all = new int[Math.min(largest, SIZES_OF_AN_OCTAVE * Integer.SIZE)];
        int found = 0;
        for (int size = 1; size <= largest; ) {
            if (size % step == 0) {
                all[found++] = size;
            }
            size += Math.max(1, Integer.highestOneBit(size) / SIZES_OF_AN_OCTAVE);
        }
        return Arrays.copyOf(all, found);
    }

    /** Sorts by length, and items of one length by their turn. */
    private void sort() {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = waiting.get(i).elements() * count + i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < count; i++) {
            order[i] = (int) (keys[i] % count);
            lengths[i] = keys[i] / count;
        }
    }

    /** The batch that the first of the waiting items is in. */
    List<Item<?>> batchOfFirst() {
        int first = 0;
        int end = rows[0];
        int index = 0;
        while (order[index] != 0) {
            index++;
        }
        while (end <= index) {
            first = end;
            end += rows[first];
        }
        List<Item<?>> batch = new ArrayList<>(end - first);
        for (int i = first; i < end; i++) {
            batch.add(waiting.get(order[i]));
        }
        return batch;
    }

    private void solve(int first) {
        int rest = count - first;
        cost[first] = Long.MAX_VALUE;
        consider(first, Math.min(step, rest));
        for (int size : sizes) {
            if (size > rest || size > most[first + size - 1]) {
                break;
            }
            consider(first, size);
        }
        if (first == 0 && rest > 1 && rest <= most[count - 1]) {
            consider(first, rest); // all of them: no item stays behind for a round number
        }
    }

    private void consider(int first, int size) {
        long whole = runCost + size * lengths[first + size - 1] + cost[first + size];
        if (whole <= cost[first]) {
            cost[first] = whole;
            rows[first] = size;
        }
    }
}
