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
 * @param prepared their rows in tensors, if they were prepared while another batch ran
 */
record Batch(List<Item<?>> items, CloseReason reason, Optional<PreparedRows> prepared) implements AutoCloseable {

    /** Marks the items as closed now. */
    Batch(List<Item<?>> items, CloseReason reason) {
        this(items, reason, Optional.empty());
        long now = System.nanoTime();
        for (Item<?> item : items) {
            item.closed(now);
        }
    }

    /** The same batch with its rows in tensors. */
    Batch with(PreparedRows rows) {
        return new Batch(items, reason, Optional.of(rows));
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
