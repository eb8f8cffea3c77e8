package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up within a time limit. Has threads of its own, because the system's resolver cannot be interrupted and
 * would block the few threads that carry the virtual ones.
 */
final class HostNames {

    /** Many threads, because a slow name server holds each until the resolver gives up. */
    private static final int AT_A_TIME = 64;

    private static final long KEPT_SECONDS = 10;
    private static final long LONGEST_WAIT_SECONDS = 1;

    private final Lookup lookup;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0,
            AT_A_TIME,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("headroom-lookup-", 0).factory());

    /** Host names that this lookup resolves. */
    HostNames(Lookup lookup) {
        this.lookup = lookup;
    }

    /**
     * The addresses of a reference's host.
     *
     * @throws RequestFailedException when there are none, or the lookup takes too long
     */
    List<InetAddress> addresses(Reference reference, TimeLimit limit) {
        Optional<InetAddress> literal = HostName.literal(reference.host());
        return literal.map(List::of).orElseGet(() -> lookUp(reference, limit));
    }

    private List<InetAddress> lookUp(Reference reference, TimeLimit limit) {
        FutureTask<InetAddress[]> found = new FutureTask<>(() -> lookup.addresses(reference.host()));
        try {
            if (!started(found)) {
                throw unavailable(
                        reference, "has a host whose name was not looked up, because too many others are; try");
            }
            return List.of(found.get(limit.leftNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw limit.exceeded(reference.name());
        } catch (InterruptedException e) {
            throw TimeLimit.abandoned(reference.name());
        } catch (ExecutionException e) {
            throw unavailable(reference, "has a host whose name is not found; correct it, or try");
        } finally {
            found.cancel(false);
        }
    }

    /** Starts the task, and waits a little for a free thread in a burst. False if all threads hang. */
    private boolean started(Runnable task) throws InterruptedException {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return threads.getQueue() instanceof SynchronousQueue<Runnable> idle
                    && idle.offer(task, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static RequestFailedException unavailable(Reference reference, String why) {
        return new RequestFailedException(
                new Failure.Unavailable(reference.name() + " " + why + " again.", Transfer.RETRY_AFTER));
    }

    /** Ends the threads. */
    void close() {
        threads.shutdownNow();
    }
}
