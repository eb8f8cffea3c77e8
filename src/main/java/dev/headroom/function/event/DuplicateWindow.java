package dev.headroom.function.event;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Runs the work of a key once for all callers that ask for it. Callers share a run while it goes on, and get its kept
 * result for a while afterwards. A failure is not kept: the next caller starts a new run. Any thread may call. The
 * window's lock guards both maps; no work starts and no result completes while it is held.
 *
 * @param <T> the result
 */
final class DuplicateWindow<T> {

    private final Duration window;
    private final long mostBytes;
    private final ToLongFunction<T> size;
    private final LongSupplier nanos;
    private final Map<String, SharedRun<T>> running = new HashMap<>();
    private final Map<String, Kept<T>> kept = new LinkedHashMap<>(); // the oldest first
    private long keptBytes;

    /**
     * Makes an empty window.
     *
     * @param window how long results are kept; with zero, nothing is kept or shared
     * @param mostBytes the bytes that all kept results may take
     * @param size returns the bytes that a result takes
     * @param nanos a clock that never goes back
     */
    DuplicateWindow(Duration window, long mostBytes, ToLongFunction<T> size, LongSupplier nanos) {
        this.window = window;
        this.mostBytes = mostBytes;
        this.size = size;
        this.nanos = nanos;
    }

    /**
     * Work that was started.
     *
     * @param abandon ends the work, because nobody waits for it any more
     */
    record Work<T>(CompletableFuture<T> result, Runnable abandon) {}

    /**
     * One caller's part in a run.
     *
     * @param result the result of the run
     * @param duplicate whether another caller started the run
     * @param leave ends this caller's wait; calls after the first, or after the run's end, do nothing
     */
    record Share<T>(CompletableFuture<T> result, boolean duplicate, Runnable leave) {}

    private record Kept<T>(T result, long bytes, long sinceNanos) {}

    /**
     * Joins the run of this key, or starts one.
     *
     * @param start starts the work; when it throws, the result fails with the same exception
     */
    Share<T> join(String key, Supplier<Work<T>> start) {
        SharedRun<T> run;
        synchronized (this) {
            forget();
            Kept<T> known = kept.get(key);
            if (known != null) {
                return new Share<>(CompletableFuture.completedFuture(known.result), true, () -> {});
            }
            SharedRun<T> other = window.isZero() ? null : running.get(key);
            if (other != null && other.join()) {
                return other.share(true);
            }
            run = new SharedRun<>();
            running.put(key, run);
        }
        run.start(start, (result, failure) -> over(key, run, failure == null ? result : null));
        return run.share(false);
    }

    private synchronized void over(String key, SharedRun<T> run, T result) {
        boolean known = running.remove(key, run);
        if (result == null || !known || window.isZero()) {
            return;
        }
        long bytes = size.applyAsLong(result);
        if (bytes <= mostBytes) {
            kept.put(key, new Kept<>(result, bytes, nanos.getAsLong()));
            keptBytes += bytes;
            forget();
        }
    }

    private void forget() {
        long now = nanos.getAsLong();
        Iterator<Kept<T>> oldest = kept.values().iterator();
        while (oldest.hasNext()) {
            Kept<T> next = oldest.next();
            if (keptBytes <= mostBytes && now - next.sinceNanos < window.toNanos()) {
                return;
            }
            keptBytes -= next.bytes;
            oldest.remove();
        }
    }
}
