package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.request.ItemList;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Prepares a replica's next batch on a thread of its own while the lane runs one: closes it, groups its items and lays their
 * rows into tensors. So the lane only has to run it. The batch waits in the queue, and needs a permit like any other.
 *
 * <p>It prepares only a batch that is full, and as late as it can, so that the batch is as good as one that closes when the
 * lane is free: at once where more items wait than are looked at; else, if the batch that runs was full, after half of the
 * time that the run has left, and again after half of the rest. It does nothing where preparing takes less than a
 * hundredth of a run, as on a CPU.
 */
final class Preparer {

    private static final int WORTHWHILE = 100;
    private static final long LEAST_NANOS = 100_000; // to wait for less takes as long
    private static final int OF_EIGHT = 7;

    private final Model model;
    private final AdaptiveLimit limit;
    private final BatchQueue queue;
    private Thread thread;
    private Runnable offer;
    private volatile Run run;
    private volatile boolean stopped;
    private volatile double closingNanos; // as a moving average, as is the next
    private double elementNanos; // only the lane's thread uses it and those that follow
    private double elements = 1;
    private long startNanos;
    private volatile boolean worthwhile = true;

    /** A run that is on the lane, and when it should end. */
    private record Run(long endNanos) {}

    Preparer(Model model, AdaptiveLimit limit, BatchQueue queue) {
        this.model = model;
        this.limit = limit;
        this.queue = queue;
    }

    /**
     * Starts the thread.
     *
     * @param afterwards starts a waiting batch if a lane is free, or wakes a thread for it
     */
    void start(String name, Runnable afterwards) {
        offer = afterwards;
        thread = Thread.ofPlatform().daemon().name(name).start(this::loop);
    }

    /** Ends the thread. The items that it has prepared wait for other devices. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        queue.giveUp(limit);
        offer.run();
    }

    /** A batch closed, which took so long. */
    void closed(long nanos) {
        closingNanos = average(closingNanos, nanos);
    }

    /** The lane's thread begins to run a batch, and no other lane is there. */
    void began(Batch batch) {
        startNanos = System.nanoTime();
        elements = ItemList.padded(batch.items()) + (double) limit.current().runCost();
        double nanos = elements * elementNanos;
        worthwhile = WORTHWHILE * closingNanos >= nanos;
        boolean hasTime = batch.reason() == CloseReason.FULL && nanos >= leastNanos();
        if (worthwhile && (hasTime || plenty())) { // else waking the thread would delay a lone item
            run = new Run(startNanos + (long) nanos);
            LockSupport.unpark(thread);
        }
    }

    private double leastNanos() {
        return Math.max(LEAST_NANOS, 4 * closingNanos);
    }

    /** The run has ended. */
    void ended() {
        run = null;
        elementNanos = average(elementNanos, (System.nanoTime() - startNanos) / elements);
    }

    /** The calling thread is about to wait for a lane, on which another model's batch may run: prepares a batch before. */
    void beforeWaiting(Gate gate) {
        if (gate.lanes() == 1 && gate.freeLanes() == 0 && worthwhile && run == null && plenty()) {
            prepare();
        }
    }

    private boolean plenty() {
        return queue.size() >= limit.current().ahead();
    }

    private static double average(double before, double now) {
        return before == 0 ? now : (OF_EIGHT * before + now) / (OF_EIGHT + 1);
    }

    private void loop() {
        Run done = null;
        while (!stopped) {
            Run now = run;
            long left = now == null ? 0 : now.endNanos - System.nanoTime();
            if (now == null || now == done) {
                LockSupport.park(this);
            } else if (plenty()) {
                prepare();
                done = now;
            } else if (left < leastNanos()) {
                done = now;
            } else {
                LockSupport.parkNanos(this, left / 2);
                done = now == run && prepare() ? now : done;
            }
        }
    }

    /** Prepares a batch; false if none is full. The lane meets a failure again. */
    private boolean prepare() {
        try {
            long start = System.nanoTime();
            Optional<Batch> batch = queue.closeAhead(limit);
            batch.ifPresent(closed -> {
                closed(System.nanoTime() - start);
                prepare(closed);
            });
            return batch.isPresent();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private void prepare(Batch batch) {
        boolean kept = false;
        try {
            queue.keep(limit, batch.with(model.prepare(Batch.rows(batch.items()))));
            kept = true;
        } catch (RunFailedException e) {
            // the lane meets it again
        } finally {
            if (!kept) {
                queue.putBack(limit, batch);
            }
            if (stopped) {
                queue.giveUp(limit);
            }
            offer.run();
        }
    }
}
