package dev.headroom.request;

import java.util.ArrayList;
import java.util.List;

/** Questions about several items together, and their failure. */
public final class ItemList {

    private ItemList() {}

    /** Fails the items that are not over. */
    public static void failAll(List<? extends Item<?>> items, Failure failure) {
        for (Item<?> item : items) {
            if (!item.isOver()) {
                item.fail(failure);
            }
        }
    }

    /** The items that are not over, in their order. */
    public static List<Item<?>> notOver(List<Item<?>> items) {
        List<Item<?>> left = new ArrayList<>(items.size());
        for (Item<?> item : items) {
            if (!item.isOver()) {
                left.add(item);
            }
        }
        return left;
    }

    /** Elements of the longest of these. */
    public static long longest(List<Item<?>> items) {
        long longest = 0;
        for (Item<?> item : items) {
            longest = Math.max(longest, item.elements());
        }
        return longest;
    }

    /** Elements of the items once all are padded to the longest of them. */
    public static long padded(List<Item<?>> items) {
        return items.size() * longest(items);
    }
}
