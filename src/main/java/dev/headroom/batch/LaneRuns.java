package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Failure;
import dev.headroom.request.ItemList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs a replica's batches, each on the thread of the lane that its permit is for. Several lanes run at the same time. */
final class LaneRuns {

    private final Gate gate;
    private final HalvingExecutor executor;
    private final BatchCloser closer;
    private final Shared shared;
    private final Set<Batch> running = ConcurrentHashMap.newKeySet();

    /** The parts that all replicas of the model share. */
    record Shared(Traffic traffic, BatchMeters meters) {}

    LaneRuns(Gate gate, HalvingExecutor executor, BatchCloser closer, Shared shared) {
        this.gate = gate;
        this.executor = executor;
        this.closer = closer;
        this.shared = shared;
    }

    /** True if one batch may have the whole device. */
    boolean trafficIsLow() {
        return shared.traffic().isLow(closer.limit().current().plan());
    }

    /** A batch is about to run. */
    void begin(Batch batch) {
        shared.traffic().admission().forgetCrowd();
        running.add(batch);
    }

    /** The lane's thread: runs the batch, then those that close at once while nothing else waits for the lane. */
    void runFrom(Batch first, Permit permit) {
        run(first, permit);
        while (!trafficIsLow() && gate.lost().isEmpty() && permit.mayGoOn()) {
            Optional<Batch> next = closer.next();
            if (next.isEmpty()) {
                return;
            }
            begin(next.get());
            run(next.get(), permit);
        }
    }

    private void run(Batch batch, Permit permit) {
        long start = System.nanoTime();
        boolean onlyLane = gate.lanes() == 1;
        try {
            if (onlyLane) {
                closer.preparer().began(batch);
            }
            shared.meters().closed(batch);
            executor.run(batch, permit);
        } catch (RuntimeException | Error e) {
            failAll(batch, e);
        } finally {
            if (onlyLane) {
                closer.preparer().ended();
            }
            end(batch);
        }
        shared.traffic().ran(batch.items(), System.nanoTime() - start);
    }

    private static void failAll(Batch batch, Throwable cause) {
        ItemList.failAll(batch.items(), new Failure.Internal("The batch could not be run.", cause));
    }

    private void end(Batch batch) {
        running.remove(batch);
        batch.close();
    }

    /** The lane's thread did not take a batch that has begun. */
    void fail(Batch batch, Throwable cause) {
        failAll(batch, cause);
        end(batch);
    }

    /** The same because that thread has ended. */
    void lose(Batch batch) {
        ItemList.failAll(batch.items(), Failure.Unavailable.deviceLost());
        end(batch);
    }

    /** Fails the items of the batches that run: a lost device does not answer them. */
    void loseAll() {
        running.forEach(batch -> ItemList.failAll(batch.items(), Failure.Unavailable.deviceLost()));
    }
}
