package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.tensor.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The items of a queue in the order of their turn. They come nearly in that order and leave near its beginning, so that an
 * array holds them whose beginning moves. The lock of {@link BatchQueue} guards it.
 */
final class WaitingItems {

    private static final Comparator<Item<?>> IN_TURN =
            Comparator.<Item<?>>comparingLong(Item::turn).thenComparingLong(Item::number);

    /** So many items may wait before those that are over are looked for. */
    static final int LEAST_PURGED = 1024;

    private Item<?>[] items = new Item<?>[LEAST_PURGED];
    private int start;
    private int end;
    private long added;
    private int purgeAt = LEAST_PURGED;

    /** Adds items. Removes those that are over from time to time, because a hanging device takes none. */
    void add(List<Item<?>> more) {
        more.forEach(item -> item.number(added++));
        insert(more);
        if (size() > purgeAt) {
            removeIf(Item::isOver, end);
            purgeAt = Math.max(LEAST_PURGED, 2 * size());
        }
    }

    /** Puts items back to their former places. */
    void putBack(List<Item<?>> taken) {
        taken.forEach(item -> item.take(false));
        insert(taken);
    }

    private void insert(List<Item<?>> more) {
        if (more.isEmpty()) {
            return;
        }
        makeRoom(more.size());
        int place = Arrays.binarySearch(items, start, end, Collections.min(more, IN_TURN), IN_TURN);
        for (Item<?> item : more) {
            items[end++] = item;
        }
        Arrays.sort(items, place < 0 ? -place - 1 : place, end, IN_TURN); // takes one pass over what is in order
    }

    private void makeRoom(int more) {
        if (end + more <= items.length) {
            return;
        }
        int size = size();
        Item<?>[] moved = new Item<?>[Math.max(items.length, 2 * (size + more))];
        System.arraycopy(items, start, moved, 0, size);
        items = moved;
        start = 0;
        end = size;
    }

    int size() {
        return end - start;
    }

    /** True if an item waits whose turn is before this one's. */
    boolean anyBefore(Item<?> item) {
        return size() > 0 && IN_TURN.compare(items[start], item) < 0;
    }

    /** Removes items that are among the first. */
    void remove(List<Item<?>> taken) {
        taken.forEach(item -> item.take(true));
        int last = start;
        for (int found = 0; found < taken.size(); last++) {
            found += items[last].isTaken() ? 1 : 0;
        }
        removeIf(Item::isTaken, last);
    }

    /** Moves those before this place that stay behind the others. */
    private void removeIf(Predicate<Item<?>> goes, int before) {
        int to = before;
        for (int from = before - 1; from >= start; from--) {
            if (!goes.test(items[from])) {
                items[--to] = items[from];
            }
        }
        Arrays.fill(items, start, to, null);
        start = to;
    }

    /** Removes and returns all items. */
    List<Item<?>> clear() {
        List<Item<?>> all = new ArrayList<>(Arrays.asList(items).subList(start, end));
        removeIf(item -> true, end);
        return all;
    }

    /** The first items, of which those of the first one's form; removes the items before them that are over. */
    List<Item<?>> firstOfOneForm(int most) {
        List<Item<?>> first = new ArrayList<>(Math.min(most, size()));
        Form form = null;
        int seen = 0;
        int place = start;
        boolean anyOver = false;
        for (; place < end && seen < most; place++) {
            Item<?> item = items[place];
            if (item.isOver()) {
                anyOver = true;
                continue;
            }
            seen++;
            form = form == null ? item.row().form() : form;
            if (item.row().form().equals(form)) {
                first.add(item);
            }
        }
        if (anyOver) {
            removeIf(Item::isOver, place);
        }
        return first;
    }
}
