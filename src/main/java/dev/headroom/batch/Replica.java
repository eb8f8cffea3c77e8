package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.session.Model;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;

/**
 * A model on one device. It takes batches from the model's queue, each once it has a permit for a lane, and runs them on
 * that lane's thread. It keeps the limit that this device's out-of-memory errors have taught.
 */
final class Replica {

    private final Model model;
    private final Gate gate;
    private final Share share;
    private final UnaryOperator<Plan> planHere;
    private final AdaptiveLimit limit;
    private final Preparer preparer;
    private final BatchCloser closer;
    private final LaneRuns runs;
    private final BatchQueue queue;
    private volatile Thread thread;
    private volatile Runnable listening = () -> {};
    private volatile boolean closed;

    Replica(Placement placement, Plan plan, BatchMeters meters, Traffic traffic) {
        this.model = placement.model();
        this.gate = placement.gate();
        this.share = gate.add(model);
        this.planHere = placement.plan();
        this.limit = new AdaptiveLimit(planHere.apply(plan));
        this.queue = traffic.queue();
        this.preparer = new Preparer(model, limit, queue);
        this.closer = new BatchCloser(queue, limit, preparer);
        HalvingExecutor executor = new HalvingExecutor(model, gate, limit, meters);
        this.runs = new LaneRuns(gate, executor, closer, new LaneRuns.Shared(traffic, meters));
    }

    /**
     * Starts the threads that prepare and take batches. The loss of the device ends them and fails the batches that run.
     *
     * @param afterwards starts a waiting batch if a lane is free, or wakes a thread for it
     */
    void start(String name, Runnable afterwards) {
        preparer.start(name + "-preparer", afterwards);
        thread = Thread.ofPlatform().daemon().name(name).start(this::takeBatches);
        listening = gate.whenLost(reason -> {
            thread.interrupt();
            runs.loseAll();
            preparer.stop();
        });
    }

    /** Ends the threads that prepare and take batches. */
    void close() {
        closed = true;
        listening.run();
        thread.interrupt();
        preparer.stop();
    }

    Gate gate() {
        return gate;
    }

    /** Follows another plan of the model. */
    void follow(Plan plan) {
        limit.follow(planHere.apply(plan));
    }

    AdaptiveLimit limit() {
        return limit;
    }

    /** How many times longer its batches take than they run if the device's other models always have batches too. */
    long turns() {
        return gate.turns(model);
    }

    /** True unless the device is lost. */
    boolean serves() {
        return gate.lost().isEmpty();
    }

    /** The limits that out-of-memory errors have taught on this device; empty if there were none. */
    Optional<LearnedLimits> learned() {
        Optional<LearnedLimit> elements = limit.learnedElements();
        Optional<LearnedLimit> items = limit.learnedItems();
        if (elements.isEmpty() && items.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LearnedLimits(Instant.now(), gate.memory().availableBytes(), elements, items));
    }

    /** Why only a restart of the process brings the device back; empty while the device serves. */
    Optional<String> defect() {
        if (!Deadlines.alive()) {
            return Optional.of("the thread that keeps the deadlines has ended");
        }
        boolean ended = !thread.isAlive(); // read first: a closed replica's thread ends after it is marked as closed
        return ended && !closed && serves()
                ? Optional.of("the thread %s has ended".formatted(thread.getName()))
                : gate.lost();
    }

    /** The replica's own thread: waits for items, then for a lane, then until the batch closes. Prepares a batch before. */
    private void takeBatches() {
        while (serves() && !Thread.currentThread().isInterrupted()) {
            try {
                queue.await();
                preparer.beforeWaiting(gate);
                takeBatch(gate.enter(share));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                // the next attempt would fail in the same way
                queue.failAll(new Failure.Internal("No batch could be formed.", e));
            }
        }
    }

    private void takeBatch(Permit permit) throws InterruptedException {
        Optional<Batch> batch = Optional.empty();
        try {
            batch = queue.close(limit);
        } finally {
            startOrLeave(batch, permit);
        }
    }

    /** A lane of the device if one is free and nothing waits for it; none once the model is closed, whose session is gone. */
    Optional<Permit> tryEnter() {
        return serves() && !closed ? gate.tryEnter(share) : Optional.empty();
    }

    /**
     * Starts the next batch on the calling thread, so that no other has to wake up for it.
     *
     * @return false if no batch closes at once; then the permit is given back
     */
    boolean tryStart(Permit permit) {
        Optional<Batch> batch = closer.now();
        startOrLeave(batch, permit);
        return batch.isPresent();
    }

    private void startOrLeave(Optional<Batch> batch, Permit permit) {
        batch.ifPresentOrElse(closedNow -> start(closedNow, permit), permit::leave);
    }

    /** Hands the batch, and the permit with it, to the lane's thread. */
    private void start(Batch batch, Permit permit) {
        if (runs.trafficIsLow()) {
            permit.tryAlone();
        }
        runs.begin(batch);
        if (!serves()) {
            runs.loseAll();
        }
        try {
            permit.run(() -> runs.runFrom(batch, permit));
        } catch (RejectedExecutionException e) {
            if (!closed) {
                gate.lose("the device's thread has ended");
            }
            runs.lose(batch);
        } catch (RuntimeException | Error e) {
            runs.fail(batch, e);
        }
    }
}
