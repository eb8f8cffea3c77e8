package dev.headroom.batch;

import dev.headroom.model.DeviceThread;
import dev.headroom.model.Model;
import dev.headroom.plan.DeviceMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The way to one device: one batch passes at a time, whichever model it is for, first come first served. Its models share
 * the device's memory, and its end: once it is lost to this process only a restart helps.
 */
public final class Gate {

    private static final Logger LOG = Logger.getLogger(Gate.class);

    private final Executor device;
    private final DeviceMemory memory;
    private final Semaphore permit = new Semaphore(1, true);
    private final List<Model> models = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> lost = new AtomicReference<>();
    private final AtomicLong runs = new AtomicLong();
    private volatile boolean busy;

    /** A gate to the device on whose thread this executor runs tasks. */
    public Gate(Executor device, DeviceMemory memory) {
        this.device = device;
        this.memory = memory;
    }

    /** A model that runs behind this gate. */
    void add(Model model) {
        models.add(model);
    }

    /** The device's memory. */
    DeviceMemory memory() {
        return memory;
    }

    /**
     * Makes every model give back what its arena holds unused; called on the device's thread.
     *
     * @param failed the model whose batch did not fit, the last: what its own failed run has left is no room for it
     * @return what the other models have given back
     */
    long shrink(Model failed) {
        long held = memory.heldBytes();
        models.stream().filter(model -> model != failed).forEach(Model::shrink);
        long givenBack = held - memory.heldBytes();
        failed.shrink();
        return givenBack;
    }

    /** The device is lost to this process; the first reason stays. */
    public void lose(String reason) {
        if (lost.compareAndSet(null, reason)) {
            LOG.errorf("The device is lost to this process, which has to be restarted: %s", reason);
            listeners.forEach(listener -> tell(listener, reason));
        }
    }

    /** Whatever one of them throws, all hear of it. */
    private static void tell(Consumer<String> listener, String reason) {
        try {
            listener.accept(reason);
        } catch (RuntimeException | Error e) {
            LOG.error("The loss of the device was not dealt with", e);
        }
    }

    /** Why the device is lost to this process; empty while it is not. */
    public Optional<String> lost() {
        return Optional.ofNullable(lost.get());
    }

    /** Tells the reason as soon as the device is lost, at once where it is already. */
    public void whenLost(Consumer<String> listener) {
        listeners.add(listener);
        lost().ifPresent(listener);
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

    /**
     * Runs a task on the device's thread, and nothing beside it, and then gives the caller's permit back.
     *
     * @throws java.util.concurrent.RejectedExecutionException when that thread has ended; the permit is given back
     */
    void run(Runnable task) {
        try {
            device.execute(() -> {
                busy = true;
                try {
                    goOn();
                    task.run();
                } finally {
                    busy = false;
                    leave();
                }
            });
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }

    /** The task behind the gate has got on to its next run. */
    void goOn() {
        runs.incrementAndGet();
    }

    /** Counts what the tasks behind the gate have got on to; empty while there is none. */
    public OptionalLong progress() {
        return busy ? OptionalLong.of(runs.get()) : OptionalLong.empty();
    }

    /** Waits for the permit, runs a task on the device's thread and waits for its result, or throws what it throws. */
    public <T> T call(Supplier<T> task) throws InterruptedException {
        enter();
        return DeviceThread.join(CompletableFuture.supplyAsync(task, this::run));
    }
}
