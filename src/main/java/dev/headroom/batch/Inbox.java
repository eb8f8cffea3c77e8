package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The items that callers' threads have left for a queue, without a lock, and the number of those that are still to come. */
final class Inbox {

    private final Queue<Item<?>> items = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicInteger arriving = new AtomicInteger();

    /** So many more items will arrive, or fewer. */
    void expect(int count) {
        arriving.addAndGet(count);
    }

    /** The number of items that are being tokenised or decoded. */
    int arriving() {
        return arriving.get();
    }

    /** An expected item arrives. */
    void add(Item<?> item) {
        items.add(item);
        size.incrementAndGet();
        arriving.decrementAndGet();
    }

    /** Removes the items, in their order. */
    List<Item<?>> takeAll() {
        List<Item<?>> all = new ArrayList<>();
        for (Item<?> item = items.poll(); item != null; item = items.poll()) {
            all.add(item);
        }
        return all;
    }

    /** So many items that were taken are counted elsewhere now. */
    void taken(int count) {
        size.addAndGet(-count);
    }

    /** The number of items, those included that were taken and are not counted elsewhere yet. */
    int size() {
        return Math.max(0, size.get()); // an item may be taken before it is counted
    }
}
