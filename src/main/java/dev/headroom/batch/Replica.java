package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.Model;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** A model on one of its devices: the thread that forms batches for it, those that are on it, and what they taught. */
final class Replica {

    private final Model model;
    private final Gate gate;
    private final Share share;
    private final LearnedLimit limit;
    private final HalvingExecutor executor;
    private final BatchMeters meters;
    private final Pace pace;
    private final Set<Batch> running = ConcurrentHashMap.newKeySet();
    private volatile Thread thread;
    private volatile Runnable listening = () -> {};
    private volatile boolean closed;

    Replica(Placement placement, Plan plan, BatchMeters meters, Pace pace) {
        this.model = placement.model();
        this.gate = placement.gate();
        this.share = gate.add(placement.model());
        this.limit = new LearnedLimit(plan);
        this.executor = new HalvingExecutor(placement.model(), gate, limit, meters);
        this.meters = meters;
        this.pace = pace;
    }

    /** Starts the thread that forms its batches, which is interrupted once the device is lost. */
    void start(String name, Runnable forming) {
        thread = Thread.ofPlatform().daemon().name(name).start(forming);
        listening = gate.whenLost(reason -> {
            thread.interrupt();
            failRunning();
        });
    }

    /** How many times longer its batches take than they run, where other models always have some too. */
    long turns() {
        return gate.turns(model);
    }

    Gate gate() {
        return gate;
    }

    /** Whether its device is not lost. */
    boolean serves() {
        return gate.lost().isEmpty();
    }

    LearnedLimit limit() {
        return limit;
    }

    /** What out-of-memory errors have taught on this device; empty where they have taught nothing. */
    Optional<LearnedLimits> learned() {
        OptionalLong elements = limit.learnedElements();
        OptionalLong items = limit.learnedItems();
        if (elements.isEmpty() && items.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LearnedLimits(Instant.now(), gate.memory().availableBytes(), elements, items));
    }

    /** Why only a restart of the process brings the device back; empty while all is well. */
    Optional<String> defect() {
        if (!Deadlines.alive()) {
            return Optional.of("the thread that keeps the deadlines has ended");
        }
        boolean ended = serves() && !closed && !thread.isAlive();
        return ended ? Optional.of("the thread %s has ended".formatted(thread.getName())) : gate.lost();
    }

    /** Waits for a lane of the device. */
    Permit enter() throws InterruptedException {
        return gate.enter(share);
    }

    /** A lane of the device, where one is free and nobody waits. */
    Optional<Permit> tryEnter() {
        return serves() ? gate.tryEnter(share) : Optional.empty();
    }

    /**
     * Hands the batch, and the permit with it, to the lane's thread.
     *
     * @param following the batch with which the lane goes on; empty where it is to be given back
     */
    void run(Batch batch, Permit permit, Supplier<Optional<Batch>> following) {
        running.add(batch);
        if (!serves()) {
            failRunning();
        }
        try {
            permit.run(() -> runOnDevice(batch, permit, following));
        } catch (RejectedExecutionException e) {
            if (!closed) {
                gate.lose("the device's thread has ended");
            }
            Item.failAll(batch.items(), Failure.Unavailable.deviceLost());
            running.remove(batch);
        } catch (RuntimeException | Error e) {
            fail(batch, e);
            running.remove(batch);
        }
    }

    private void runOnDevice(Batch first, Permit permit, Supplier<Optional<Batch>> following) {
        runOnDevice(first, permit);
        for (Optional<Batch> next = following.get(); next.isPresent(); next = following.get()) {
            running.add(next.get());
            runOnDevice(next.get(), permit);
        }
    }

    private void runOnDevice(Batch batch, Permit permit) {
        long start = System.nanoTime();
        try {
            meters.closed(batch);
            executor.run(batch.items(), permit);
        } catch (RuntimeException | Error e) {
            fail(batch, e);
        } finally {
            running.remove(batch);
        }
        pace.ran(batch.items().size(), System.nanoTime() - start);
    }

    private static void fail(Batch batch, Throwable cause) {
        Item.failAll(batch.items(), new Failure.Internal("The batch could not be run.", cause));
    }

    /** What a lost device was given will not come back. */
    private void failRunning() {
        running.forEach(batch -> Item.failAll(batch.items(), Failure.Unavailable.deviceLost()));
    }

    /** Ends the forming of batches. */
    void close() {
        closed = true;
        listening.run();
        thread.interrupt();
    }
}
