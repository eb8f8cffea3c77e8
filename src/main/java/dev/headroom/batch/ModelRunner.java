package dev.headroom.batch;

import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.PreparedRows;
import dev.headroom.session.RunFailedException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Runs a batch once: delivers its answers, teaches the limit and counts the run. */
record ModelRunner(Model model, AdaptiveLimit limit, BatchMeters meters) {

    private static final Logger LOG = Logger.getLogger(HalvingExecutor.class);

    /**
     * Runs the items in one batch. Once it returns each of them has its answer, or gets it from another thread.
     *
     * @throws RunFailedException when the device did not run the batch; then no item has an outcome from it
     */
    void run(List<Item<?>> items, Recovery recovery) throws RunFailedException {
        recovery.tried();
        boolean alone = recovery.first() && recovery.permit().isAlone();
        Optional<PreparedRows> prepared = recovery.prepared(items);
        long start = System.nanoTime();
        BatchOutput output;
        if (alone) {
            output = model.runAlone(Batch.rows(items));
        } else if (prepared.isPresent()) {
            output = prepared.get().run();
        } else {
            output = model.run(Batch.rows(items));
        }
        long nanos = System.nanoTime() - start;
        new Delivery(items, output, meters).start(recovery.isReadByLane());
        count(() -> {
            recovery.ran(items);
            count(items, recovery, nanos, output.collateNanos());
        });
    }

    private void count(List<Item<?>> items, Recovery recovery, long nanos, long collateNanos) {
        long longest = ItemList.longest(items);
        limit.ranOn(longest);
        if (!recovery.needed()) {
            limit.succeeded(items.size(), longest);
        }
        meters.ran(items, limit.current().items(), nanos, collateNanos);
        meters.predicted(limit.predictedBytes(items.size(), longest));
    }

    /** Counts, and logs an exception of the counting: no item that has run fails because of it. */
    static void count(Runnable counting) {
        try {
            counting.run();
        } catch (RuntimeException | Error e) {
            LOG.error("What ran was not counted", e);
        }
    }
}
