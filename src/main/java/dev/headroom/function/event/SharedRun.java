package dev.headroom.function.event;

import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.DuplicateWindow.Work;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * A run that several callers wait for. It is abandoned when the last of them leaves before its end. Its lock guards the
 * count of waiting callers and the way to abandon the work; nothing foreign is called while it is held.
 */
final class SharedRun<T> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private int waiting = 1;
    private Runnable abandon = () -> {};

    /** The result for all callers. */
    CompletableFuture<T> result() {
        return result;
    }

    /** Counts one more caller; false when the last one has left, so that the run is being abandoned. */
    synchronized boolean join() {
        if (waiting == 0) {
            return false;
        }
        waiting++;
        return true;
    }

    /** The share of a caller that is counted. */
    Share<T> share(boolean duplicate) {
        AtomicBoolean left = new AtomicBoolean();
        return new Share<>(result, duplicate, () -> {
            if (!left.getAndSet(true)) {
                leave();
            }
        });
    }

    /**
     * Starts the work.
     *
     * @param over is called with the outcome before any caller sees it
     */
    void start(Supplier<Work<T>> start, BiConsumer<T, Throwable> over) {
        try {
            Work<T> work = start.get();
            if (!onAbandon(work.abandon())) {
                work.abandon().run();
            }
            work.result().whenComplete((value, failure) -> settle(value, failure, over));
        } catch (RuntimeException | Error e) {
            settle(null, e, over);
        }
    }

    private void settle(T value, Throwable failure, BiConsumer<T, Throwable> over) {
        over.accept(value, failure);
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private synchronized boolean onAbandon(Runnable how) {
        abandon = how;
        return waiting > 0;
    }

    private void leave() {
        Runnable then;
        synchronized (this) {
            waiting--;
            then = waiting == 0 && !result.isDone() ? abandon : () -> {};
        }
        then.run();
    }
}
