package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.tensor.Form;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The items of a queue in the order of their turn. The lock of {@link BatchQueue} guards it. */
final class WaitingItems {

    private static final int LEAST_PURGED = 1024;

    private final NavigableSet<Item<?>> items =
            new TreeSet<>(Comparator.<Item<?>>comparingLong(Item::turn).thenComparingLong(Item::number));
    private long added;
    private int purgeAt = LEAST_PURGED;

    /** Adds an item. Removes those that are over from time to time, because a hanging device takes none. */
    void add(Item<?> item) {
        item.number(added++);
        items.add(item);
        if (items.size() > purgeAt) {
            items.removeIf(Item::isOver);
            purgeAt = Math.max(LEAST_PURGED, 2 * items.size());
        }
    }

    int size() {
        return items.size();
    }

    void remove(List<Item<?>> taken) {
        taken.forEach(items::remove);
    }

    /** Removes and returns all items. */
    List<Item<?>> clear() {
        List<Item<?>> all = new ArrayList<>(items);
        items.clear();
        return all;
    }

    /** The first items, of which those of the first one's form; removes the items before them that are over. */
    List<Item<?>> firstOfOneForm(int most) {
        List<Item<?>> first = first(most);
        if (first.isEmpty()) {
            return first;
        }
        Form form = first.getFirst().row().form();
        return first.stream()
                .<Item<?>>filter(item -> item.row().form().equals(form))
                .toList();
    }

    private List<Item<?>> first(int most) {
        List<Item<?>> first = new ArrayList<>(Math.min(most, items.size()));
        for (Iterator<Item<?>> all = items.iterator(); all.hasNext() && first.size() < most; ) {
            Item<?> item = all.next();
            if (item.isOver()) {
                all.remove();
            } else {
                first.add(item);
            }
        }
        return first;
    }
}
