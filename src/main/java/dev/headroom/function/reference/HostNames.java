package dev.headroom.function.reference;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up within a time. On threads of its own: the system's resolver cannot be interrupted, and would hold the
 * few threads that carry the virtual ones.
 */
final class HostNames {

    private static final int AT_A_TIME = 8;

    private final Lookup lookup;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().daemon().name("headroom-lookup-", 0).factory());

    /** Names as the lookup knows them. */
    HostNames(Lookup lookup) {
        this.lookup = lookup;
    }

    /**
     * The addresses of a reference's host.
     *
     * @throws RequestFailedException when there are none, or it takes too long
     */
    List<InetAddress> addresses(Reference reference, TimeLimit limit) {
        Optional<InetAddress> literal = HostName.literal(reference.host());
        return literal.map(List::of).orElseGet(() -> lookUp(reference, limit));
    }

    private List<InetAddress> lookUp(Reference reference, TimeLimit limit) {
        Future<InetAddress[]> found = threads.submit(() -> lookup.addresses(reference.host()));
        try {
            return List.of(found.get(limit.leftNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw limit.exceeded(reference.name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw limit.exceeded(reference.name());
        } catch (ExecutionException e) {
            throw new RequestFailedException(new Failure.Unavailable(
                    reference.name() + " has a host whose name is not found; correct it, or try again.",
                    Transfer.RETRY_AFTER));
        } finally {
            found.cancel(false);
        }
    }

    /** Ends the threads. */
    void close() {
        threads.shutdownNow();
    }
}
