package dev.headroom.batch;

import dev.headroom.request.Item;
import java.util.List;

/**
 * Items that go to the device together.
 *
 * @param items the items, none of them over when the batch closed
 * @param reason why the batch closed
 */
record Batch(List<Item<?>> items, CloseReason reason) {

    /** Marks the items as closed now. */
    Batch {
        long now = System.nanoTime();
        items.forEach(item -> item.closed(now));
    }
}
