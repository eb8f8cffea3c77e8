package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.session.PreparedRows;
import dev.headroom.tensor.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Items that go to the device together.
 *
 * @param items the items, none of them over when the batch closed
 * @param reason why the batch closed
 * @param isLast true as long as no other item waits for a device
 * @param prepared their rows in tensors, if they were prepared while another batch ran
 */
record Batch(List<Item<?>> items, CloseReason reason, BooleanSupplier isLast, Optional<PreparedRows> prepared)
        implements AutoCloseable {

    /** Reading the answers of more items takes longer than to wake a thread for them. */
    private static final int FEW = 4;

    /** Marks the items as closed now. */
    Batch(List<Item<?>> items, CloseReason reason, BooleanSupplier isLast) {
        this(items, reason, isLast, Optional.empty());
        long now = System.nanoTime();
        for (Item<?> item : items) {
            item.closed(now);
        }
    }

    /** The same batch with its rows in tensors. */
    Batch with(PreparedRows rows) {
        return new Batch(items, reason, isLast, Optional.of(rows));
    }

    /** True if the lane itself should read its answers: they are few, and nothing waits that the lane could run. */
    boolean isReadByLane() {
        return items.size() <= FEW && isLast.getAsBoolean();
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
