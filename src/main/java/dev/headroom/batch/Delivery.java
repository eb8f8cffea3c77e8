package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.BatchOutput;
import dev.headroom.tensor.Tensor;
import java.util.List;

/**
 * Reads a batch's output and answers its items, on a virtual thread while the lane runs the next batch, or on the lane where
 * there is none and the items are few. It holds no lock.
 */
record Delivery(List<Item<?>> items, BatchOutput output, BatchMeters meters) implements Runnable {

    /** Reading more bytes takes longer than to wake a thread for them. */
    private static final int LITTLE = 16 << 10;

    /**
     * Marks the items as run, whatever becomes of the rest of their batch, and starts to answer them.
     *
     * @param here true to read on the calling thread unless it is much, because the device has nothing else to do
     */
    void start(boolean here) {
        for (Item<?> item : items) {
            item.ran(items.size());
        }
        if (here && isLittle()) {
            run();
            return;
        }
        try {
            Thread.startVirtualThread(this);
        } catch (RuntimeException | Error e) {
            run();
        }
    }

    private boolean isLittle() {
        long bytes = 0;
        for (List<Tensor> row : output.rows()) {
            for (Tensor tensor : row) {
                bytes += tensor.bytes();
            }
        }
        return bytes <= LITTLE;
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        try (output) {
            meters.queued(items);
            for (int i = 0; i < items.size(); i++) {
                items.get(i).answer(output.rows().get(i));
            }
            meters.read(System.nanoTime() - start);
        } catch (RuntimeException | Error e) {
            items.forEach(item -> item.fail(new Failure.Internal("The model's output could not be read.", e)));
        }
    }
}
