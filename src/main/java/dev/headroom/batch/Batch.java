package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.session.PreparedRows;
import dev.headroom.tensor.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Items that go to the device together.
 *
 * @param items the items, none of them over when the batch closed
 * @param reason why the batch closed
 * @param all true if no more items than these were lately here at a time
 * @param prepared their rows in tensors, if they were prepared while another batch ran
 */
record Batch(List<Item<?>> items, CloseReason reason, boolean all, Optional<PreparedRows> prepared)
        implements AutoCloseable {

    /** Reading the answers of more items takes longer than to wake a thread for them. */
    private static final int FEW = 4;

    /** Marks the items as closed now. */
    Batch(List<Item<?>> items, CloseReason reason, boolean all) {
        this(items, reason, all, Optional.empty());
        long now = System.nanoTime();
        for (Item<?> item : items) {
            item.closed(now);
        }
    }

    /** The same batch with its rows in tensors. */
    Batch with(PreparedRows rows) {
        return new Batch(items, reason, all, Optional.of(rows));
    }

    /** True if the lane itself should read its answers: they are few, and no other batch waits for the lane. */
    boolean isReadByLane() {
        return all && items.size() <= FEW;
    }

    static List<Row> rows(List<Item<?>> items) {
        List<Row> rows = new ArrayList<>(items.size());
        for (Item<?> item : items) {
            rows.add(item.row());
        }
        return rows;
    }

    /** Frees the tensors, if there are any. */
    @Override
    public void close() {
        prepared.ifPresent(PreparedRows::close);
    }
}
