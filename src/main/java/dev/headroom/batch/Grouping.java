package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.List;

/**
 * Groups waiting items into the batches that cost the device least. A batch costs its padded elements and the fixed cost of
 * a run. Dynamic programming over the items in the order of their length finds the optimum.
 */
final class Grouping {

    private static final int SIZES_OF_AN_OCTAVE = 4;

    private final BatchLimits limits;
    private final int mostRows;
    private final List<Item<?>> sorted;
    private final long[] cost; // of all from here to the end
    private final int[] rows; // of the batch that begins here

    /**
     * Groups items.
     *
     * @param sorted the items, the shortest first
     * @param mostRows the most items of one batch
     */
    Grouping(List<Item<?>> sorted, BatchLimits limits, int mostRows) {
        this.limits = limits;
        this.mostRows = mostRows;
        this.sorted = sorted;
        this.cost = new long[sorted.size() + 1];
        this.rows = new int[sorted.size()];
        for (int first = sorted.size() - 1; first >= 0; first--) {
            solve(first);
        }
    }

    /** The batch that this item is in. */
    List<Item<?>> batchOf(Item<?> item) {
        int index = sorted.indexOf(item);
        int first = 0;
        while (first + rows[first] <= index) {
            first += rows[first];
        }
        return sorted.subList(first, first + rows[first]);
    }

    private void solve(int first) {
        int rest = sorted.size() - first;
        cost[first] = Long.MAX_VALUE;
        consider(first, 1);
        for (int size = 2; size <= Math.min(rest, mostRows) && allowed(first, size); size = next(size)) {
            consider(first, size);
        }
        if (rest == sorted.size() && rest > 1 && rest <= mostRows && allowed(first, rest)) {
            consider(first, rest); // all of them: no item stays behind for a round number
        }
    }

    private void consider(int first, int size) {
        long whole = limits.runCost() + size * longest(first, size) + cost[first + size];
        if (whole <= cost[first]) {
            cost[first] = whole;
            rows[first] = size;
        }
    }

    private boolean allowed(int first, int size) {
        return limits.allow(size, longest(first, size));
    }

    private long longest(int first, int size) {
        return sorted.get(first + size - 1).elements();
    }

    /** Few sizes, so that shapes repeat: 1 to 8, 10, 12, 14, 16, 20, 24, 28, 32 and so on. */
    private static int next(int size) {
        return size + Math.max(1, Integer.highestOneBit(size) / SIZES_OF_AN_OCTAVE);
    }
}
