package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.BatchOutput;
import java.util.List;

/** Reads a batch's output beside the device's thread, which has the next batch to run. */
record Delivery(List<Item<?>> items, BatchOutput output, BatchMeters meters) implements Runnable {

    /**
     * From now on the items have run, whatever happens to the batch that they were a part of.
     *
     * @param here whether the device has nothing to do meanwhile: then no other thread need wake up for it
     */
    void start(boolean here) {
        items.forEach(item -> item.ran(items.size()));
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
            for (int i = 0; i < items.size(); i++) {
                items.get(i).answer(output.rows().get(i));
            }
            meters.read(System.nanoTime() - start);
        } catch (RuntimeException | Error e) {
            items.forEach(item -> item.fail(new Failure.Internal("The model's output could not be read.", e)));
        }
    }
}
