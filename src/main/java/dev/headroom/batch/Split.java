package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import java.util.Comparator;
import java.util.List;

/**
 * The two parts of a batch that did not fit.
 *
 * @param first the part that runs first
 * @param second the rest
 * @param even true if these are halves; otherwise {@code second} is one item so long that the others without its padding
 *     are less than half as large, and the batch says nothing about ordinary batches
 */
record Split(List<Item<?>> first, List<Item<?>> second, boolean even) {

    /** Splits two items or more. */
    static Split of(List<Item<?>> items) {
        Item<?> longest =
                items.stream().max(Comparator.comparingLong(Item::elements)).orElseThrow();
        List<Item<?>> others = items.stream().filter(item -> item != longest).toList();
        if (others.size() > 1 && 2 * ItemList.padded(others) < ItemList.padded(items)) {
            return new Split(others, List.of(longest), false);
        }
        int half = items.size() / 2;
        return new Split(items.subList(0, half), items.subList(half, items.size()), true);
    }
}
