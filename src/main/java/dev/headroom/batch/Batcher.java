package dev.headroom.batch;

import dev.headroom.model.Model;
import dev.headroom.model.Row;
import dev.headroom.plan.Bytes;
import dev.headroom.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** One model's way from single items to batches on the device. Each admitted item gets its outcome, come what may. */
public final class Batcher implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Batcher.class);

    private volatile Plan plan;
    private final Gate gate;
    private final BatchMeters meters;
    private final LearnedLimit limit;
    private final HalvingExecutor executor;
    private final Admission admission;
    private final BatchQueue queue = new BatchQueue();
    private final Thread thread;
    private volatile long batchNanos;
    private volatile boolean closed;

    /** Starts forming batches for a model, within the plan's limits. */
    public Batcher(Model model, Gate gate, Plan plan, BatchMeters meters) {
        this.plan = plan;
        this.gate = gate;
        this.meters = meters;
        limit = new LearnedLimit(plan);
        executor = new HalvingExecutor(model, limit, meters);
        admission = new Admission(plan.queueItems().value(), plan.queueBytes().value());
        meters.watch(queue::size, () -> limit.current().elements());
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

    /** For how long no item has been on its way here; negative while one is. */
    public Duration idle() {
        return admission.idle();
    }

    /**
     * Admits a request's items, all or none of them. Each is then to be {@link #submit submitted} or
     * {@link #reject rejected}; an item that is not answered in time fails by itself.
     *
     * @throws RequestFailedException when the queue is full, or could never hold so many
     */
    public void admit(List<? extends Item<?>> items) {
        long bytes = items.stream().mapToLong(Item::bytes).sum();
        if (!admission.couldAdmit(items.size(), bytes)) {
            throw new RequestFailedException(tooLarge(items.size(), bytes));
        }
        if (!admission.admit(items.size(), bytes)) {
            throw new RequestFailedException(overloaded(items.size()));
        }
        queue.expect(items.size());
        Duration time = timeFor(admission.items());
        Failure late = new Failure.DeadlineExceeded(
                "The item was not answered within %.1f s. Try again.".formatted(time.toMillis() / 1000.0));
        items.forEach(item -> item.admitted(time, late, () -> admission.release(item.bytes())));
    }

    private Failure tooLarge(int items, long bytes) {
        return new Failure.TooLarge(
                "The request holds %d items of %s together, and at most %d of %s fit the queue. Send it in parts."
                        .formatted(
                                items,
                                Bytes.text(bytes),
                                mostItems(),
                                Bytes.text(plan.queueBytes().value())));
    }

    private Failure overloaded(int items) {
        return new Failure.Overloaded(
                "%d items wait already, and the queue has no room for %d more. Try again later."
                        .formatted(admission.items(), items),
                drainTime());
    }

    /** Queues an admitted item for its batch. */
    public void submit(Item<?> item, Row row) {
        item.queue(row);
        queue.add(item);
        if (closed) {
            failQueued();
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

    /** The device is lost to this process, as was found out beside its batches: from now on items fail. */
    public void lose(String reason) {
        executor.lose(reason);
    }

    /** Why only a restart of the process helps; empty while all is well. */
    public Optional<String> defect() {
        return thread.isAlive() ? Optional.ofNullable(executor.lost()) : Optional.of("the batcher's thread has ended");
    }

    /** Ends the forming of batches; items that are still queued fail. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        failQueued();
    }

    private void failQueued() {
        Failure closing = new Failure.Unavailable("The service is shutting down. Try again.", Duration.ofSeconds(1));
        queue.clear().forEach(item -> item.fail(closing));
    }

    private void loop() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                queue.await();
                runNext();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.error("A batch was not formed", e);
            }
        }
    }

    private void runNext() throws InterruptedException {
        gate.enter();
        boolean handedOver = false;
        try {
            Optional<Batch> batch = queue.close(limit, window());
            batch.ifPresent(this::run);
            handedOver = batch.isPresent();
        } finally {
            if (!handedOver) {
                gate.leave();
            }
        }
    }

    /** Hands the batch, and the permit with it, to the device's thread. */
    private void run(Batch batch) {
        meters.closed(batch);
        gate.run(() -> {
            long start = System.nanoTime();
            try {
                executor.run(batch.items());
            } catch (RuntimeException | Error e) {
                batch.items().forEach(item -> item.fail(new Failure.Internal("The batch could not be run.", e)));
            }
            measure(System.nanoTime() - start);
        });
    }

    /** A moving average, on the device's thread alone. */
    private void measure(long nanos) {
        batchNanos = batchNanos == 0 ? nanos : (7 * batchNanos + nanos) / 8;
    }

    /** No item waits for others longer than a batch takes: by then it could have been answered. */
    private BatchWindow window() {
        long longest = plan.windowTime().toNanos();
        boolean measured = batchNanos > 0;
        return new BatchWindow(Duration.ofNanos(measured ? Math.min(longest, batchNanos) : longest));
    }

    /** The plan's time-out for each batch that so many items fill. */
    private Duration timeFor(long items) {
        return plan.timeoutTime().multipliedBy(batches(items));
    }

    /** How long the device needs for what has been admitted, at the pace of its last batches; at least a second. */
    private Duration drainTime() {
        Duration time = Duration.ofNanos(batchNanos).multipliedBy(batches(admission.items()));
        return time.toSeconds() < 1 ? Duration.ofSeconds(1) : time;
    }

    private long batches(long items) {
        return Math.max(1, Math.ceilDiv(items, plan.batch().value()));
    }
}
