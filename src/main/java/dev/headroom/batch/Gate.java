package dev.headroom.batch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The way to one device: one batch passes at a time, whichever model it is for, first come first served. */
public final class Gate {

    private final Executor device;
    private final Semaphore permit = new Semaphore(1, true);

    /** A gate to the device on whose thread this executor runs tasks. */
    public Gate(Executor device) {
        this.device = device;
    }

    /** Waits for the permit, which {@link #leave} or the end of a {@link #run} gives back. */
    void enter() throws InterruptedException {
        permit.acquire();
    }

    /** How many wait for the permit. */
    int waiting() {
        return permit.getQueueLength();
    }

    /** Gives the permit back. */
    void leave() {
        permit.release();
    }

    /** Runs a task on the device's thread, and nothing beside it, and then gives the caller's permit back. */
    void run(Runnable task) {
        device.execute(() -> {
            try {
                task.run();
            } finally {
                leave();
            }
        });
    }

    /** Waits for the permit, runs a task on the device's thread and waits for its result, or throws what it throws. */
    <T> T call(Supplier<T> task) throws InterruptedException {
        enter();
        CompletableFuture<T> result = new CompletableFuture<>();
        run(() -> {
            try {
                result.complete(task.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> cause;
                case Error cause -> throw cause;
                default -> e;
            };
        }
    }
}
