package dev.headroom.model;

import java.util.List;

/**
 * What the model answered to one batch.
 *
 * @param collateNanos how long it took to lay the rows into tensors
 * @param rows for each row of the batch its output, a view of a pooled buffer: valid until {@link #close}
 * @param release gives the buffer back
 */
public record BatchOutput(long collateNanos, List<Tensor> rows, Runnable release) implements AutoCloseable {

    @Override
    public void close() {
        release.run();
    }
}
