package dev.headroom.batch;

import dev.headroom.model.Model;
import dev.headroom.model.Row;
import dev.headroom.plan.LearnedLimits;
import dev.headroom.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** One model's way from single items to batches on the device. Each admitted item gets its outcome, come what may. */
public final class Batcher implements AutoCloseable {

    private volatile Plan plan;
    private final Gate gate;
    private final Share share;
    private final BatchMeters meters;
    private final LearnedLimit limit;
    private final HalvingExecutor executor;
    private final Admission admission;
    private final BatchQueue queue = new BatchQueue();
    private final Pace pace = new Pace();
    private final Thread thread;
    private final Set<Batch> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Starts forming batches for a model, within the plan's limits. */
    public Batcher(Model model, Gate gate, Plan plan, BatchMeters meters) {
        this.plan = plan;
        this.gate = gate;
        this.meters = meters;
        limit = new LearnedLimit(plan);
        executor = new HalvingExecutor(model, gate, limit, meters);
        admission = new Admission(plan.queueItems().value(), plan.queueBytes().value());
        meters.watch(queue::size, limit::current);
        share = gate.add(model);
        gate.whenLost(reason -> failAll());
        thread = Thread.ofPlatform()
                .daemon()
                .name("headroom-batcher-" + model.name())
                .start(this::loop);
    }

    /** From now on this plan is in force; batches that are under way finish under the old one. */
    public void follow(Plan other) {
        plan = other;
        limit.follow(other);
        admission.resize(other.queueItems().value(), other.queueBytes().value());
    }

    /** The model has run on a row of so many elements. */
    public void ranOn(long elements) {
        limit.ranOn(elements);
    }

    /** What out-of-memory errors have taught; empty where they have taught nothing. */
    public Optional<LearnedLimits> learned() {
        OptionalLong elements = limit.learnedElements();
        OptionalLong items = limit.learnedItems();
        if (elements.isEmpty() && items.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LearnedLimits(Instant.now(), gate.memory().availableBytes(), elements, items));
    }

    /** Begins with what an earlier process has learned. */
    public void restore(LearnedLimits known) {
        limit.restore(known.elements(), known.items());
    }

    /** For how long no item has been on its way here; negative while one is. */
    public Duration idle() {
        return admission.idle();
    }

    /**
     * Admits a request's items, all or none of them. Each is then to be {@link #submit submitted} or
     * {@link #reject rejected}; an item that is not answered in time fails by itself.
     *
     * @throws RequestFailedException when the queue is full, or could never hold so many, or the device is lost
     */
    public void admit(List<? extends Item<?>> items) {
        if (gate.lost().isPresent()) {
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        long here = admission.admit(items, more -> pace.drainTime(more, gate.lanes()));
        queue.expect(items.size());
        meters.admitted(items.size());
        Duration time = timeFor(here, items.getFirst().terms());
        Failure late = new Failure.DeadlineExceeded(
                "The item was not answered within %d ms. Try again.".formatted(time.toMillis()));
        items.forEach(item -> item.admitted(time, late, () -> admission.release(item)));
    }

    /** Queues an admitted item for its batch. */
    public void submit(Item<?> item, Row row) {
        item.queue(row);
        queue.add(item);
        if (!startHere()) {
            queue.wake();
        }
        if (closed) {
            failQueued(closing());
        } else if (gate.lost().isPresent()) {
            failAll();
        }
    }

    /** Fails an admitted item that does not come to be queued. */
    public void reject(Item<?> item, Failure failure) {
        queue.forget();
        item.fail(failure);
    }

    /** Most items that a request can hold. */
    public long mostItems() {
        return plan.queueItems().value();
    }

    /** From now on batches close at once: what was admitted is finished as soon as can be. */
    public void drain() {
        queue.drain();
    }

    /** Why only a restart of the process helps; empty while all is well. */
    public Optional<String> defect() {
        return thread.isAlive() || closed
                ? gate.lost()
                : Optional.of("the thread that forms the batches of %s has ended".formatted(thread.getName()));
    }

    /** Ends the forming of batches; items that are still queued fail. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        failQueued(closing());
    }

    private static Failure closing() {
        return new Failure.Unavailable("The service is shutting down. Try again.", Duration.ofSeconds(1));
    }

    private void failQueued(Failure failure) {
        queue.clear().forEach(item -> item.fail(failure));
    }

    /** The device is lost: also what it was given will not come back. */
    private void failAll() {
        Failure failure = Failure.Unavailable.deviceLost();
        running.forEach(batch -> Item.failAll(batch.items(), failure));
        failQueued(failure);
    }

    private void loop() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                queue.await();
                runNext();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                failQueued(new Failure.Internal("No batch could be formed.", e)); // the same would happen again
            }
        }
    }

    /** Where the device is free and the batch closes at once, no thread need be woken to see to that. */
    private boolean startHere() {
        Optional<Permit> permit = gate.tryEnter(share);
        return permit.isPresent() && closeAndRun(permit.get(), this::closeNow);
    }

    /** What cannot be formed is left to the thread that deals with that. */
    private Optional<Batch> closeNow() {
        try {
            return queue.closeNow(circumstances());
        } catch (RuntimeException | Error e) {
            return Optional.empty();
        }
    }

    private void runNext() throws InterruptedException {
        Permit permit = gate.enter(share);
        closeAndRun(permit, () -> queue.close(circumstances()));
    }

    private interface Closing<E extends Exception> {

        Optional<Batch> close() throws E;
    }

    /** Whether there was a batch; where there was none the permit is given back. */
    private <E extends Exception> boolean closeAndRun(Permit permit, Closing<E> closing) throws E {
        boolean handedOver = false;
        try {
            Optional<Batch> batch = closing.close();
            handedOver = batch.isPresent();
            batch.ifPresent(closed -> run(closed, permit));
        } finally {
            if (!handedOver) {
                permit.leave();
            }
        }
        return handedOver;
    }

    private BatchQueue.Circumstances circumstances() {
        return new BatchQueue.Circumstances(
                limit, pace.window(plan.windowTime()), () -> gate.freeLanes() + 1, this::gathered);
    }

    private boolean gathered() {
        return admission.items() >= admission.crowd();
    }

    /** Hands the batch, and the permit with it, to the lane's thread. */
    private void run(Batch batch, Permit permit) {
        if (lone()) {
            permit.tryAlone();
        }
        running.add(batch);
        try {
            permit.run(() -> runOnDevice(batch, permit));
        } catch (RejectedExecutionException e) {
            if (!closed) {
                gate.lose("the device's thread has ended");
            }
            failAll();
        } catch (RuntimeException | Error e) {
            fail(batch, e);
        }
    }

    private boolean lone() {
        return admission.crowd() <= plan.alone().value();
    }

    /** The lane goes on with what closes at once, where nobody else waits for it: no thread need be woken. */
    private void runOnDevice(Batch first, Permit permit) {
        Optional<Batch> next = Optional.of(first);
        while (next.isPresent()) {
            Batch batch = next.get();
            running.add(batch);
            runAndCount(batch, permit);
            next = permit.mayGoOn() && !lone() ? closeNow() : Optional.empty();
        }
    }

    private void runAndCount(Batch batch, Permit permit) {
        long start = System.nanoTime();
        try {
            admission.forget();
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

    /** The plan's time-out for each batch that so many items fill, unless the caller waits for less. */
    private Duration timeFor(long items, Terms terms) {
        long batches = Math.max(1, Math.ceilDiv(items, limit.current().items()));
        Duration most = plan.timeoutTime().multipliedBy(batches);
        return terms.deadline().filter(deadline -> deadline.compareTo(most) < 0).orElse(most);
    }
}
