package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.BatchOutput;
import java.util.List;

/**
 * Reads a batch's output and answers its items, on a virtual thread while the lane runs the next batch, or on the lane where
 * there is none and the items are few. It holds no lock.
 */
record Delivery(List<Item<?>> items, BatchOutput output, BatchMeters meters) implements Runnable {

    /**
     * Marks the items as run, whatever becomes of the rest of their batch, and starts to answer them.
     *
     * @param here true to read on the calling thread, because the device has nothing else to do
     */
    void start(boolean here) {
        for (Item<?> item : items) {
            item.ran(items.size());
        }
        if (here) {
            run();
            return;
        }
        try {
            Thread.startVirtualThread(this);
        } catch (RuntimeException | Error e) {
            run();
        }
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
