package dev.headroom.session;

import dev.headroom.tensor.Tensor;
import java.util.List;

/**
 * The answer of a model to one batch.
 *
 * @param collateNanos the time that the collation took
 * @param rows for each row of the batch its wanted outputs in their order: views of pooled buffers, valid until
 *     {@link #close}
 * @param release gives the buffers back
 */
public record BatchOutput(long collateNanos, List<List<Tensor>> rows, Runnable release) implements AutoCloseable {

    @Override
    public void close() {
        release.run();
    }
}
