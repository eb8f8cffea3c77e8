package dev.headroom.function.access;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;

/**
 * The public keys of an issuer. One attempt to fetch them serves all threads that wait for them. After a failed attempt no
 * thread waits until a pause is over. Any thread may call.
 */
final class IssuerKeys {

    /** The shortest time between two fetches that tokens cause. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    /** The most threads that may wait for an attempt; each holds a connection. */
    static final int MOST_WAITING = 1024;

    /** Longer than both documents may take. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(12);

    private static final Logger LOG = Logger.getLogger(IssuerKeys.class);

    private final Source source;
    private final LongSupplier nanoTime;
    private final Semaphore places = new Semaphore(MOST_WAITING);

    private Held held;
    private CompletableFuture<Held> attempt;
    private long notBefore;

    /** Fetches the keys. */
    interface Source {

        /**
         * Fetches the keys.
         *
         * @throws IOException when the issuer does not answer, or otherwise than it should
         */
        Published fetch() throws IOException;
    }

    /**
     * The issuer's answer.
     *
     * @param keys its keys
     * @param life how long they are valid
     */
    record Published(List<JsonWebKey> keys, Duration life) {}

    /**
     * Keys that have been fetched.
     *
     * @param keys the keys
     * @param since when they came, by the clock in nanoseconds
     * @param until when they are no longer valid
     */
    record Held(List<JsonWebKey> keys, long since, long until) {}

    /**
     * Keys that have not been fetched yet.
     *
     * @param nanoTime the clock
     */
    IssuerKeys(Source source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    /**
     * The keys that are valid now. Waits for the issuer if there are none.
     *
     * @throws IOException when the issuer does not give them, has not a moment ago, or too many wait for it
     */
    Held now() throws IOException {
        return await(fresh());
    }

    /**
     * Keys that came after these, for a token whose key is not among them; the same if they came a moment ago. Waits for the
     * issuer otherwise.
     *
     * @throws IOException as {@link #now} does
     */
    Held after(Held seen) throws IOException {
        return await(later(seen));
    }

    private synchronized CompletableFuture<Held> fresh() {
        boolean hold = held != null && nanoTime.getAsLong() - held.until < 0;
        return hold ? CompletableFuture.completedFuture(held) : attempt();
    }

    private synchronized CompletableFuture<Held> later(Held seen) {
        boolean newest = held != seen || nanoTime.getAsLong() - seen.since < PAUSE.toNanos();
        return newest ? CompletableFuture.completedFuture(held) : attempt();
    }

    /** The attempt that runs, or a new one. The caller holds the lock. */
    private CompletableFuture<Held> attempt() {
        if (attempt == null) {
            if (nanoTime.getAsLong() - notBefore < 0) {
                return CompletableFuture.failedFuture(new IOException("It did not answer a moment ago."));
            }
            CompletableFuture<Held> begun = new CompletableFuture<>();
            attempt = begun;
            Thread.startVirtualThread(() -> run(begun));
        }
        return attempt;
    }

    private void run(CompletableFuture<Held> begun) {
        try {
            begun.complete(succeeded(source.fetch()));
        } catch (IOException | RuntimeException | Error e) {
            LOG.warnf("The issuer of tokens cannot be asked for its keys: %s", e);
            failed();
            begun.completeExceptionally(e);
        }
    }

    private synchronized Held succeeded(Published published) {
        long now = nanoTime.getAsLong();
        held = new Held(published.keys, now, now + published.life.toNanos());
        attempt = null;
        return held;
    }

    private synchronized void failed() {
        notBefore = nanoTime.getAsLong() + PAUSE.toNanos();
        attempt = null;
    }

    private Held await(CompletableFuture<Held> keys) throws IOException {
        boolean waits = !keys.isDone();
        if (waits && !places.tryAcquire()) {
            throw new IOException("%d callers wait for it already.".formatted(MOST_WAITING));
        }
        try {
            return keys.get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("It has not answered for %d s.".formatted(LONGEST_WAIT.toSeconds()), e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            if (waits) {
                places.release();
            }
        }
    }
}
