package dev.headroom.function.event;

import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.DuplicateWindow.Work;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A run that several callers wait for; it goes on as long as one of them does. */
final class SharedRun<T> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private int waiting = 1;
    private Runnable abandon = () -> {};

    /** The result, for all. */
    CompletableFuture<T> result() {
        return result;
    }

    /** One more waits; false where none did any more: then it is being abandoned. */
    synchronized boolean join() {
        if (waiting == 0) {
            return false;
        }
        waiting++;
        return true;
    }

    /** The part of one that waits. */
    Share<T> share(boolean duplicate) {
        AtomicBoolean left = new AtomicBoolean();
        return new Share<>(result, duplicate, () -> {
            if (!left.getAndSet(true)) {
                leave();
            }
        });
    }

    /**
     * Starts it.
     *
     * @param over is called before anybody sees the result
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
