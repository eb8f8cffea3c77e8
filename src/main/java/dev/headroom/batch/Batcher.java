package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Gates;
import dev.headroom.gate.Permit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Source;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.Model;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One model's way from single items to batches on a device: the first of its devices that is free takes the next batch.
 * Each admitted item gets its outcome, come what may.
 */
public final class Batcher implements AutoCloseable {

    private static final int FEW = 64;

    private volatile Plan plan;
    private final Gates gates;
    private final BatchMeters meters;
    private final Admission admission;
    private final Set<Item<?>> admitted = ConcurrentHashMap.newKeySet();
    private final BatchQueue queue = new BatchQueue();
    private final Pace pace = new Pace();
    private final List<Replica> replicas;
    private final Runnable listening;
    private volatile boolean closed;

    /** Starts forming batches for a model on one device, within the plan's limits. */
    public Batcher(Model model, Gate gate, Plan plan, BatchMeters meters) {
        this(List.of(new Placement(model, gate)), plan, meters);
    }

    /** The same for a model that is open on several devices, at least one. */
    public Batcher(List<Placement> placements, Plan plan, BatchMeters meters) {
        this.plan = plan;
        this.meters = meters;
        gates = new Gates(placements.stream().map(Placement::gate).toList());
        admission = new Admission(plan.queueItems().value(), plan.queueBytes().value());
        replicas = placements.stream()
                .map(placement -> new Replica(placement, plan, meters, pace))
                .toList();
        meters.watch(queue::size, this::limits);
        listening = gates.whenLost(reason -> failQueued(Failure.Unavailable.deviceLost()));
        String name = "headroom-batcher-" + placements.getFirst().model().name();
        for (int i = 0; i < replicas.size(); i++) {
            Replica replica = replicas.get(i);
            replica.start(i == 0 ? name : name + "-" + i, () -> loop(replica));
        }
    }

    /** From now on this plan is in force; batches that are under way finish under the old one. */
    public void follow(Plan other) {
        plan = other;
        replicas.forEach(replica -> replica.limit().follow(other));
        admission.resize(other.queueItems().value(), other.queueBytes().value());
    }

    /** The model has run on a row of so many elements. */
    public void ranOn(long elements) {
        replicas.forEach(replica -> replica.limit().ranOn(elements));
    }

    /** What out-of-memory errors have taught, the lowest of all devices; empty where they have taught nothing. */
    public Optional<LearnedLimits> learned() {
        return serving().stream().flatMap(replica -> replica.learned().stream()).reduce(LearnedLimits::lowest);
    }

    /** Begins with what an earlier process has learned. */
    public void restore(LearnedLimits known) {
        replicas.forEach(replica -> replica.limit().restore(known.elements(), known.items()));
    }

    /** Those whose devices are not lost; all where all are. */
    private List<Replica> serving() {
        List<Replica> serving = replicas.stream().filter(Replica::serves).toList();
        return serving.isEmpty() ? replicas : serving;
    }

    /** What fits on every device. */
    private BatchLimits limits() {
        return serving().stream()
                .map(replica -> replica.limit().current())
                .reduce(BatchLimits::lowest)
                .orElseThrow();
    }

    /** For how long no item has been on its way here; negative while one is. */
    public Duration idle() {
        return admission.idle();
    }

    /** The same for items that take no time to be made ready for the device. */
    public void admit(List<? extends Item<?>> items) {
        admit(items, Lead.NONE);
    }

    /**
     * Admits a request's items, all or none of them. Each is then to be {@link #submit submitted} or
     * {@link #reject rejected}; an item that is not answered in time fails by itself.
     *
     * @param lead what has to be done for them before they are ready for the device
     * @throws RequestFailedException when the queue is full, or could never hold so many, or every device is lost
     */
    public void admit(List<? extends Item<?>> items, Lead lead) {
        if (gates.lost().isPresent()) {
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        long here = admission.admit(items, more -> pace.drainTime(more, gates.lanes()), lead);
        admitted.addAll(items);
        try {
            Duration time = timeFor(here, items.getFirst().urgency(), lead.most());
            Failure late = new Failure.DeadlineExceeded(
                    "The item was not answered within %d ms. Try again.".formatted(time.toMillis()));
            items.forEach(item -> item.admitted(time, late, () -> release(item)));
        } catch (RuntimeException | Error e) {
            items.forEach(item -> item.fail(new Failure.Internal("The item could not be admitted.", e)));
            items.forEach(this::release); // nobody will submit them
            throw e;
        }
        queue.expect(items.size());
        meters.admitted(items.size());
        if (closed) {
            Item.failAll(items, closing());
        }
    }

    /** Gives an item's room back, unless that has been done. */
    private void release(Item<?> item) {
        if (admitted.remove(item)) {
            admission.release(item);
        }
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
        } else if (gates.lost().isPresent()) {
            failQueued(Failure.Unavailable.deviceLost());
        }
    }

    /** Fails an admitted item that does not come to be queued. */
    public void reject(Item<?> item, Failure failure) {
        queue.forget();
        item.fail(failure);
    }

    /** An admitted item takes long to come: no batch waits for it until it is {@link #expect expected} again. */
    public void postpone() {
        queue.forget();
    }

    /** A postponed item is about to be {@link #submit submitted} or {@link #reject rejected}. */
    public void expect() {
        queue.expect(1);
    }

    /** Most items that a request can hold. */
    public long mostItems() {
        return plan.queueItems().value();
    }

    /** From now on batches close at once: what was admitted is finished as soon as can be. */
    public void drain() {
        queue.drain();
    }

    /** The ways to its devices. */
    public Gates gates() {
        return gates;
    }

    /** Why only a restart of the process helps; empty while a device serves. */
    public Optional<String> defect() {
        return gates.lost();
    }

    /** Why only a restart of the process brings the device behind this gate back; empty while all is well. */
    public Optional<String> defect(Gate gate) {
        return replicas.stream()
                .filter(replica -> replica.gate() == gate)
                .flatMap(replica -> replica.defect().stream())
                .findFirst();
    }

    /** Ends the forming of batches; what has been admitted and has not run fails, also in a batch that is on a device. */
    @Override
    public void close() {
        closed = true;
        listening.run();
        replicas.forEach(Replica::close);
        queue.clear();
        Item.failAll(List.copyOf(admitted), closing());
    }

    private static Failure closing() {
        return new Failure.Unavailable("The service is shutting down. Try again.", Duration.ofSeconds(1));
    }

    private void failQueued(Failure failure) {
        queue.clear().forEach(item -> item.fail(failure));
    }

    private void loop(Replica replica) {
        while (replica.serves() && !Thread.currentThread().isInterrupted()) {
            try {
                queue.await();
                runNext(replica);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                failQueued(new Failure.Internal("No batch could be formed.", e)); // the same would happen again
            }
        }
    }

    private void runNext(Replica replica) throws InterruptedException {
        closeAndRun(replica, replica.enter(), () -> queue.close(circumstances(replica)));
    }

    /** Where a device is free and the batch closes at once, no thread need be woken to see to that. */
    private boolean startHere() {
        if (closed || queue.size() > FEW) {
            return false; // a closed model has no session any more; to choose among many takes longer than to wake a
            // thread
        }
        for (Replica replica : replicas) {
            Optional<Permit> permit = replica.tryEnter();
            if (permit.isPresent()) {
                return closeAndRun(replica, permit.get(), () -> closeNow(replica));
            }
        }
        return false;
    }

    private interface Closing<E extends Exception> {

        Optional<Batch> close() throws E;
    }

    /** Whether there was a batch; where there was none the permit is given back. */
    private <E extends Exception> boolean closeAndRun(Replica replica, Permit permit, Closing<E> closing) throws E {
        boolean handedOver = false;
        try {
            Optional<Batch> batch = closing.close();
            handedOver = batch.isPresent();
            batch.ifPresent(closed -> run(closed, replica, permit));
        } finally {
            if (!handedOver) {
                permit.leave();
            }
        }
        return handedOver;
    }

    private void run(Batch batch, Replica replica, Permit permit) {
        if (lone()) {
            permit.tryAlone();
        }
        admission.forgetCrowd();
        replica.run(batch, permit, () -> following(replica, permit));
    }

    /** What closes at once, where nobody else waits for the lane: no thread need be woken to go on. */
    private Optional<Batch> following(Replica replica, Permit permit) {
        if (lone() || !replica.serves() || !permit.mayGoOn()) {
            return Optional.empty();
        }
        Optional<Batch> next = closeNow(replica);
        next.ifPresent(batch -> admission.forgetCrowd());
        return next;
    }

    /** What cannot be formed is left to the thread that deals with that. */
    private Optional<Batch> closeNow(Replica replica) {
        try {
            return queue.closeNow(circumstances(replica));
        } catch (RuntimeException | Error e) {
            return Optional.empty();
        }
    }

    private BatchQueue.Circumstances circumstances(Replica replica) {
        return new BatchQueue.Circumstances(
                replica.limit(), pace.window(plan.windowTime()), gates::freeLanes, this::gathered);
    }

    private boolean gathered() {
        return admission.items() >= admission.crowd();
    }

    private boolean lone() {
        return admission.crowd() <= plan.alone().value();
    }

    /**
     * How long one batch may take now: the plan's time-out or, unless the operator has set that, more where lately batches
     * took long.
     */
    public Duration timeout() {
        Plan current = plan;
        return current.timeout().source() == Source.SET ? current.timeoutTime() : pace.timeout(current.timeoutTime());
    }

    /**
     * The time-out for each batch that so many items fill, and for those of other models in between, unless the
     * caller waits for less.
     */
    private Duration timeFor(long items, Urgency urgency, Duration preparation) {
        long batches = Math.max(1, Math.ceilDiv(items, limits().items()));
        Duration most =
                timeout().multipliedBy(batches * replicas.getFirst().turns()).plus(preparation);
        return urgency.deadline()
                .filter(deadline -> deadline.compareTo(most) < 0)
                .orElse(most);
    }
}
