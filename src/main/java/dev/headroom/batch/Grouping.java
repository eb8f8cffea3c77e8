package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.Arrays;
import java.util.List;

/**
 * Groups waiting items into the batches that cost the device least. A batch costs its padded elements and the fixed cost of
 * a run. Dynamic programming over the items in the order of their length finds the optimum.
 *
 * <p>The lane's thread does this while its device waits, so that it works on arrays: it takes time in proportion to the
 * items and to the logarithm of the most of a batch.
 */
final class Grouping {

    private static final int SIZES_OF_AN_OCTAVE = 4;

    private final List<Item<?>> waiting;
    private final long runCost;
    private final int count;
    private final int[] order; // the items' places in the list, the shortest item first
    private final long[] lengths; // in that order, as all below
    private final int[] most; // rows that may share a batch with this as the longest
    private final long[] cost; // of all from here to the end
    private final int[] rows; // of the batch that begins here

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
        for (int first = count - 1; first >= 0; first--) {
            solve(first);
        }
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
        return Arrays.stream(order, first, end).<Item<?>>mapToObj(waiting::get).toList();
    }

    private void solve(int first) {
        int rest = count - first;
        cost[first] = Long.MAX_VALUE;
        consider(first, 1);
        for (int size = 2; size <= rest && size <= most[first + size - 1]; size = next(size)) {
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

    /** Few sizes, so that shapes repeat: 1 to 8, 10, 12, 14, 16, 20, 24, 28, 32 and so on. */
    private static int next(int size) {
        return size + Math.max(1, Integer.highestOneBit(size) / SIZES_OF_AN_OCTAVE);
    }
}
