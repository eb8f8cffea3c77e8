package dev.headroom.session;

import dev.headroom.tensor.Tensor;
import java.util.List;

/**
 * What the model answered to one batch.
 *
 * @param collateNanos how long it took to lay the rows into tensors
 * @param rows for each row of the batch its outputs, in the order in which they were asked for: views of pooled buffers,
 *     valid until {@link #close}
 * @param release gives the buffers back
 */
public record BatchOutput(long collateNanos, List<List<Tensor>> rows, Runnable release) implements AutoCloseable {

    @Override
    public void close() {
        release.run();
    }
}
