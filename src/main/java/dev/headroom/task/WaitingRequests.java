package dev.headroom.task;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The requests that wait for a model to be opened, in the order of their coming. Any thread may call, and none waits. */
final class WaitingRequests {

    private final Deque<Waiting> requests = new ConcurrentLinkedDeque<>();
    private final AtomicLong items = new AtomicLong();

    /**
     * A request that waits.
     *
     * @param admission admits its items and returns what begins on them
     * @param nanos when it came, by {@link System#nanoTime}
     */
    record Waiting(List<? extends Item<?>> items, Supplier<Runnable> admission, long nanos) {

        boolean isOver() {
            return items.stream().allMatch(Item::isOver);
        }
    }

    /** The items of all of them. */
    long items() {
        return items.get();
    }

    /** True if there is room for one more; one that is larger than the queue passes through it in portions. */
    boolean fits(Waiting request, long mostItems) {
        if (hasRoom(request, mostItems)) {
            return true;
        }
        drop(Waiting::isOver);
        return hasRoom(request, mostItems);
    }

    private boolean hasRoom(Waiting request, long mostItems) {
        long before = items.get();
        return before == 0 || before + request.items.size() <= mostItems;
    }

    void add(Waiting request) {
        items.addAndGet(request.items.size());
        requests.add(request);
    }

    /** Takes the first back that was polled last. */
    void addFirst(Waiting request) {
        items.addAndGet(request.items.size());
        requests.addFirst(request);
    }

    /** Removes the first; empty where none waits. */
    Optional<Waiting> poll() {
        Optional<Waiting> first = Optional.ofNullable(requests.poll());
        first.ifPresent(request -> items.addAndGet(-request.items.size()));
        return first;
    }

    /** Removes one; false where it waits no more. */
    boolean drop(Waiting request) {
        return drop(one -> one == request);
    }

    private boolean drop(Predicate<Waiting> which) {
        return requests.removeIf(request -> {
            boolean dropped = which.test(request);
            items.addAndGet(dropped ? -request.items.size() : 0);
            return dropped;
        });
    }

    /** Removes and fails all. */
    void failAll(Failure failure) {
        for (Optional<Waiting> next = poll(); next.isPresent(); next = poll()) {
            ItemList.failAll(next.get().items, failure);
        }
    }

    /** When the oldest came whose caller still waits, by {@link System#nanoTime}; empty where there is none. */
    OptionalLong oldestNanos() {
        drop(Waiting::isOver);
        Waiting first = requests.peek();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.nanos);
    }
}
