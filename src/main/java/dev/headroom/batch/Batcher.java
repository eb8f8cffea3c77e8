package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Gates;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.Model;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way of one model's items to its devices. It admits items, queues them, and answers for it that each gets an outcome.
 * Its replicas, one for each device, take batches from the queue.
 *
 * <p>Any thread may call any public method, at any time, also after {@link #close}. None of them waits for a device.
 */
public final class Batcher implements AutoCloseable {

    private volatile Plan plan;
    private final BatchMeters meters;
    private final Traffic traffic;
    private final Replicas replicas;
    private final ItemDeadlines deadlines;
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
        traffic = Traffic.none(
                plan, new Gates(placements.stream().map(Placement::gate).toList()));
        replicas = new Replicas(placements.stream()
                .map(placement -> new Replica(placement, plan, meters, traffic))
                .toList());
        deadlines = new ItemDeadlines(traffic.admission(), replicas);
        traffic.growth().tell(replicas::follow);
        meters.watch(traffic.queue()::size, replicas::limits);
        listening = gates().whenLost(reason -> traffic.queue().failAll(Failure.Unavailable.deviceLost()));
        replicas.start("headroom-batcher-" + placements.getFirst().model().name(), this::startOrWake);
    }

    /** Puts another plan in force; batches that are under way finish under the old one. */
    public void follow(Plan other) {
        plan = other;
        traffic.growth().follow(other);
        traffic.admission()
                .resize(other.queueItems().value(), other.queueBytes().value());
    }

    /** The model has run on a row of so many elements. */
    public void ranOn(long elements) {
        replicas.ranOn(elements);
    }

    /** The limits that out-of-memory errors have taught, the lowest of all devices; empty if there were none. */
    public Optional<LearnedLimits> learned() {
        return replicas.learned();
    }

    /** The batch that growth under load has reached; empty where nothing grows, or nothing was reached yet. */
    public Optional<GrownBatch> grown() {
        return traffic.growth().reached();
    }

    /** Begins with the limits that an earlier process has learned. */
    public void restore(LearnedLimits known) {
        replicas.restore(known);
    }

    /** For how long no item has been on its way here; negative while one is. */
    public Duration idle() {
        return traffic.admission().idle();
    }

    /** The same for items that need no time to be prepared. */
    public void admit(List<? extends Item<?>> items) {
        admit(items, PreparationTime.NONE);
    }

    /**
     * Admits a request's items, all or none of them. The caller then {@link #submit submits} or {@link #reject rejects}
     * each; an item that is not answered in time fails by itself.
     *
     * @param preparation how long the items need before a device can take them
     * @throws RequestFailedException when the queue is full, or could never hold so many, or every device is lost
     */
    public void admit(List<? extends Item<?>> items, PreparationTime preparation) {
        if (gates().lost().isPresent()) {
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        long here =
                traffic.admission().admit(items, more -> traffic.pace().drainTime(more, gates().lanes()), preparation);
        deadlines.start(items, here, timeout(), preparation.most());
        traffic.queue().expect(items.size());
        meters.admitted(items.size());
        if (closed) {
            ItemList.failAll(items, Failure.Unavailable.closing());
        }
    }

    /**
     * Queues an admitted item. Starts its batch on this thread if a lane is free and the batch closes at once. It takes no
     * lock while the devices are busy.
     */
    public void submit(Item<?> item, Row row) {
        item.queue(row);
        traffic.queue().add(item);
        startOrWake();
    }

    /** Starts the next batch, or wakes a thread for it; fails the items that wait where none will come. */
    private void startOrWake() {
        BatchQueue queue = traffic.queue();
        replicas.startNext(queue);
        if (closed) {
            queue.failAll(Failure.Unavailable.closing());
        } else if (gates().lost().isPresent()) {
            queue.failAll(Failure.Unavailable.deviceLost());
        }
    }

    /** Fails an admitted item that does not come to be queued. */
    public void reject(Item<?> item, Failure failure) {
        traffic.queue().forget();
        item.fail(failure);
    }

    /** An admitted item takes long to come: no batch waits for it until it is {@link #expect expected} again. */
    public void postpone() {
        traffic.queue().forget();
    }

    /** A postponed item is about to be {@link #submit submitted} or {@link #reject rejected}. */
    public void expect() {
        traffic.queue().expect(1);
    }

    /** The most items that the queue holds. */
    public long mostItems() {
        return plan.queueItems().value();
    }

    /** The most bytes of input that the queue holds. */
    public long mostBytes() {
        return plan.queueBytes().value();
    }

    /** True if an empty queue has room for so many items, whose inputs take so many bytes. */
    public boolean holds(long items, long bytes) {
        return items <= mostItems() && bytes <= mostBytes();
    }

    /** From now on batches close at once, so that admitted items are answered as soon as possible. */
    public void drain() {
        traffic.queue().drain();
    }

    /** The ways to its devices. */
    public Gates gates() {
        return traffic.gates();
    }

    /** Why only a restart of the process brings the device behind this gate back; empty while it serves. */
    public Optional<String> defect(Gate gate) {
        return replicas.defect(gate);
    }

    /** Ends the forming of batches. Every item that has not run fails, also in a batch that is on a device. */
    @Override
    public void close() {
        closed = true;
        listening.run();
        replicas.close();
        traffic.queue().failAll(Failure.Unavailable.closing());
        traffic.admission().failAll(Failure.Unavailable.closing());
    }

    /** How long one batch may take: the plan's time-out, or longer after slow batches unless the operator has set it. */
    public Duration timeout() {
        return traffic.pace().timeout(plan);
    }
}
