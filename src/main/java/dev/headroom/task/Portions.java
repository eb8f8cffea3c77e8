package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.device.Bytes;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Pipeline.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A request with more items than the queue holds. Admits them in portions, in their order, so that at most half of the queue is
 * theirs. The next portion follows once one has been answered. A full queue is tried again, for as long as a batch may take.
 *
 * <p>Threads: one at a time admits a portion, under the monitor; portions end on any thread.
 */
final class Portions {

    /** A portion's share of the queue, of which two are under way. */
    private static final int SHARE = 4;

    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Pipeline pipeline;
    private final RequestPart request;
    private final List<Item<Answer>> items;
    private int next; // the first item that is in no portion
    private long refusedNanos; // since when the queue has been full; 0 while it is not

    /** @param request its items, none of which is admitted yet */
    Portions(Pipeline pipeline, RequestPart request) {
        this.pipeline = pipeline;
        this.request = request;
        this.items = request.items();
    }

    /**
     * Admits the first portion.
     *
     * @throws RequestFailedException when it is not admitted, or one of all items could never be
     */
    Admitted admit() {
        for (Item<Answer> item : items) {
            if (!batcher().holds(1, item.bytes())) {
                throw new RequestFailedException(new Failure.TooLarge(
                        "%s holds %s, and at most %s fit the queue; send less of it, or raise headroom.queue.max-bytes."
                                .formatted(
                                        item.id(),
                                        Bytes.text(item.bytes()),
                                        Bytes.text(batcher().mostBytes()))));
            }
        }
        Admitted first = nextPortion();
        return new Admitted(items, () -> start(first), failure -> {
            first.withdrawal().accept(failure);
            fail(failure);
        });
    }

    private void start(Admitted first) {
        request.urgency().deadline().ifPresent(this::endAt);
        run(first);
        follow();
    }

    /** Ends all items at the caller's deadline, also those that wait for their portion. */
    private void endAt(Duration deadline) {
        Runnable timer = Deadlines.after(deadline, () -> fail(Failure.DeadlineExceeded.within(deadline)));
        AnswerMemory.ended(items).thenRun(timer);
    }

    private void run(Admitted portion) {
        portion.start().run();
        AnswerMemory.ended(portion.items()).thenRunAsync(this::follow, Thread::startVirtualThread);
    }

    /** Admits and starts the next portion, once the model is open, or tries again later where the queue has no room for it. */
    private void follow() {
        List<Item<Answer>> left = left();
        try {
            if (!left.isEmpty()) {
                pipeline.entrance().enter(left, this::admitNext);
            }
        } catch (RequestFailedException e) {
            fail(e.failure());
        } catch (RuntimeException | Error e) {
            fail(new Failure.Internal("The item could not be admitted.", e));
        }
    }

    private Runnable admitNext() {
        try {
            Admitted portion = nextPortion();
            return portion.items().isEmpty() ? () -> {} : () -> run(portion);
        } catch (RequestFailedException e) {
            if (!(e.failure() instanceof Failure.Overloaded) || hasWaitedLong()) {
                throw e;
            }
            return () -> Deadlines.after(AGAIN, this::follow);
        }
    }

    /** The items that are in no portion; some may be over. A view, because each portion asks for it. */
    private synchronized List<Item<Answer>> left() {
        return items.subList(next, items.size());
    }

    private Batcher batcher() {
        return pipeline.batcher().orElseThrow();
    }

    private synchronized boolean hasWaitedLong() {
        long now = System.nanoTime();
        refusedNanos = refusedNanos == 0 ? now : refusedNanos;
        return now - refusedNanos > batcher().timeout().toNanos();
    }

    /**
     * Admits the next items that are not over; none where no item is left.
     *
     * @throws RequestFailedException when the queue has no room for them; the next call tries them again
     */
    private synchronized Admitted nextPortion() {
        long most = Math.max(1, batcher().mostItems() / SHARE);
        long mostBytes = batcher().mostBytes() / SHARE;
        List<Item<Answer>> portion = new ArrayList<>();
        List<Entry> inputs = new ArrayList<>();
        long bytes = 0;
        int end = next;
        for (; end < items.size() && portion.size() < most; end++) {
            Item<Answer> item = items.get(end);
            if (item.isOver()) {
                continue;
            }
            if (!portion.isEmpty() && bytes + item.bytes() > mostBytes) {
                break;
            }
            bytes += item.bytes();
            portion.add(item);
            inputs.add(request.entries().get(end));
        }
        Admitted admitted = portion.isEmpty()
                ? new Admitted(List.of(), () -> {}, failure -> {})
                : pipeline.opened().admit(new RequestPart(portion, inputs, request.options()));
        next = end;
        refusedNanos = 0;
        return admitted;
    }

    private void fail(Failure failure) {
        ItemList.failAll(items, failure);
    }
}
