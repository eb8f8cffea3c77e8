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
 * Runs once what is asked several times: while it runs all wait for the one run, and for a while after it they get its
 * result. What has failed is not kept: it is asked again so that it is tried again.
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
     * An empty window.
     *
     * @param window how long results are kept; where it is zero all is run each time
     * @param mostBytes the memory that results are kept in
     * @param size the memory that one takes
     * @param nanos a clock that never goes back
     */
    DuplicateWindow(Duration window, long mostBytes, ToLongFunction<T> size, LongSupplier nanos) {
        this.window = window;
        this.mostBytes = mostBytes;
        this.size = size;
        this.nanos = nanos;
    }

    /**
     * Work under way.
     *
     * @param abandon ends it, because nobody waits for it any more
     */
    record Work<T>(CompletableFuture<T> result, Runnable abandon) {}

    /**
     * One caller's part in a run.
     *
     * @param result the run's
     * @param duplicate whether another caller came first
     * @param leave says that this caller waits no longer; may be said again, and when the run is over
     */
    record Share<T>(CompletableFuture<T> result, boolean duplicate, Runnable leave) {}

    private record Kept<T>(T result, long bytes, long sinceNanos) {}

    /**
     * Takes part in the run of this key, or starts it.
     *
     * @param start may fail, as the result then does
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
