package dev.headroom.task;

import dev.headroom.plan.Uses;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.WaitingRequests.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The way into a model that opens and closes while the process runs. While the model is closed, requests wait here; each
 * is let in once it is open, or fails in its time. No request is half in when {@link #close} returns.
 *
 * <p>Any thread may call, and none waits, but for {@link #close}, which waits for admissions that have begun.
 */
public final class Entrance {

    private final Host host;
    private final WaitingRequests waiting = new WaitingRequests();
    private final WaitLimits limits;
    private final AtomicInteger entering = new AtomicInteger();
    private final Uses uses = new Uses();
    private volatile boolean open;
    private volatile boolean ended;
    private volatile Optional<Failure> refusal = Optional.empty();
    private volatile OptionalLong asked = OptionalLong.empty(); // when one came that could not wait

    /** Opens the model. Any thread may call, and does not wait. */
    public interface Host {

        /** A request waits for the model. */
        void wanted();

        /** How long the opening is expected to take; empty where that is not known. */
        Optional<Duration> opening();

        /** The most items that may wait. */
        long mostItems();
    }

    /** The entrance of a model that is closed. */
    public Entrance(String model, Host host) {
        this.host = host;
        this.limits = new WaitLimits(model, host, waiting);
    }

    /**
     * Lets a request's items in, at once where the model is open. Otherwise they wait, and fail where the opening would take
     * longer than their caller waits.
     *
     * @param admission admits the items and returns what begins on them
     * @throws RequestFailedException when the admission of an open model throws it
     */
    void enter(List<? extends Item<?>> items, Supplier<Runnable> admission) {
        uses.used(System.nanoTime());
        Optional<Runnable> start = admitted(admission);
        if (start.isPresent()) {
            start.get().run();
        } else if (!items.isEmpty()) {
            await(new Waiting(items, admission, System.nanoTime()));
        }
    }

    private Optional<Runnable> admitted(Supplier<Runnable> admission) {
        entering.incrementAndGet();
        try {
            return open ? Optional.of(admission.get()) : Optional.empty();
        } finally {
            entering.decrementAndGet();
        }
    }

    private void await(Waiting request) {
        Optional<Failure> refused = refusal.or(() -> tooLate(request)).or(() -> limits.tooMany(request));
        if (refused.isPresent()) {
            ItemList.failAll(request.items(), refused.get());
            return;
        }
        limits.limit(request);
        waiting.add(request);
        host.wanted();
        if (open) {
            letIn();
        } else {
            refusal.ifPresent(waiting::failAll);
        }
    }

    private Optional<Failure> tooLate(Waiting request) {
        Optional<Failure> late = limits.tooLate(request);
        if (late.isPresent()) {
            asked = OptionalLong.of(request.nanos()); // the next try may find it open
            host.wanted();
        }
        return late;
    }

    /** The model is open: lets in all that wait, on a thread of its own. */
    public void open() {
        if (ended) {
            return;
        }
        accept();
        open = true;
        Thread.startVirtualThread(this::letIn);
    }

    private void letIn() {
        for (Optional<Waiting> next = waiting.poll(); next.isPresent(); next = waiting.poll()) {
            Waiting request = next.get();
            if (!request.isOver() && !letIn(request)) {
                waiting.addFirst(request); // it was closed again
                if (!open) { // else it was opened before the request waited
                    refusal.ifPresent(waiting::failAll);
                    return;
                }
            }
        }
    }

    private boolean letIn(Waiting request) {
        try {
            Optional<Runnable> start = admitted(request.admission());
            start.ifPresent(Runnable::run);
            return start.isPresent();
        } catch (RequestFailedException e) {
            ItemList.failAll(request.items(), e.failure());
        } catch (RuntimeException | Error e) {
            ItemList.failAll(request.items(), Failure.Internal.unexpected(e));
        }
        return true;
    }

    /** From now on requests wait. Returns once every request that found it open has been admitted. */
    public void close() {
        open = false;
        while (entering.get() > 0) {
            Thread.onSpinWait();
        }
    }

    /** From now on requests fail, and those that wait do. */
    public void refuse(Failure failure) {
        refusal = Optional.of(failure);
        asked = OptionalLong.empty();
        waiting.failAll(failure);
    }

    /** The same for good. Returns once every request that found it open has been admitted. */
    public void end(Failure failure) {
        ended = true;
        close();
        refuse(failure);
    }

    /** From now on requests wait again, while the model is closed. */
    public void accept() {
        if (ended) {
            return;
        }
        refusal = Optional.empty();
        asked = OptionalLong.empty();
    }

    /** When the oldest request came that waits, by {@link System#nanoTime}, or one that could not; empty where none did. */
    public OptionalLong oldestNanos() {
        OptionalLong oldest = waiting.oldestNanos();
        return oldest.isPresent() ? oldest : asked;
    }

    /** Most items that may wait. */
    long mostItems() {
        return host.mostItems();
    }

    /** The last uses of the model. */
    public Uses uses() {
        return uses;
    }
}
