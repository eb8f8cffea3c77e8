package dev.headroom.gate;

import dev.headroom.device.DeviceMemory;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.Model;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The way to one device: one batch passes on each of its lanes at a time, whichever model it is for. Its models share the
 * device's memory, and its end: once it is lost to this process only a restart brings it back.
 */
public final class Gate {

    private static final Logger LOG = Logger.getLogger(Gate.class);

    private final String name;
    private final DeviceMemory memory;
    private final Lanes lanes;
    private final Share measuring = new Share(1);
    private final List<Model> models = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> lost = new AtomicReference<>();

    /** A gate to a device of one lane, on whose thread this executor runs tasks. */
    public Gate(Executor device, DeviceMemory memory) {
        this("The device", device, memory);
    }

    /** The same where there are several devices, which go by names. */
    public Gate(String name, Executor device, DeviceMemory memory) {
        this.name = name;
        this.memory = memory;
        this.lanes = new Lanes(List.of(new Lane(device)));
    }

    /** The device's name for people. */
    String name() {
        return name;
    }

    /** A model that runs behind this gate, and its share of the device. */
    public Share add(Model model) {
        models.add(model);
        return new Share(model.weight());
    }

    /** A model that is closed no longer runs behind this gate. */
    public void remove(Model model) {
        models.remove(model);
    }

    /** How many times longer a model's batches take than they run, where all models always have some. */
    public long turns(Model model) {
        return Math.ceilDiv(models.stream().mapToInt(Model::weight).sum(), model.weight());
    }

    /**
     * Gives the device these lanes, each a thread, once nothing runs.
     *
     * @param change what else is to change then, made on one of the lanes that there were
     */
    public void lanes(List<? extends Executor> threads, Runnable change) throws InterruptedException {
        Permit permit = enterAlone();
        try {
            DeviceThread.join(CompletableFuture.runAsync(change, permit.lane()::execute));
            lanes.replace(threads, permit.lane());
        } finally {
            permit.leave();
        }
    }

    /** How many batches run at a time. */
    public int lanes() {
        return lanes.all().size();
    }

    /** How many more could run now. */
    public int freeLanes() {
        return lanes.free();
    }

    /** The device's memory. */
    public DeviceMemory memory() {
        return memory;
    }

    /**
     * Makes every model give back what its arena holds unused; called on the device's thread.
     *
     * @param failed the model whose batch did not fit, the last: what its own failed run has left is no room for it
     * @return what the other models have given back
     */
    public long shrink(Model failed) {
        long held = memory.heldBytes();
        models.stream().filter(model -> model != failed).forEach(Model::shrink);
        long givenBack = held - memory.heldBytes();
        failed.shrink();
        return givenBack;
    }

    /** The device is lost to this process; the first reason stays. */
    public void lose(String reason) {
        if (lost.compareAndSet(null, reason)) {
            LOG.errorf("%s is lost to this process, which has to be restarted for it: %s", name, reason);
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

    /**
     * Tells the reason as soon as the device is lost, at once where it is already.
     *
     * @return ends that, for a listener that is closed before the device is lost
     */
    public Runnable whenLost(Consumer<String> listener) {
        listeners.add(listener);
        lost().ifPresent(listener);
        return () -> listeners.remove(listener);
    }

    /** Waits for a lane. */
    public Permit enter(Share share) throws InterruptedException {
        return new Permit(lanes, lanes.enter(share, false), share, false);
    }

    /** Takes a lane where one is free and nobody waits. */
    public Optional<Permit> tryEnter(Share share) {
        return lanes.tryEnter(share).map(lane -> new Permit(lanes, lane, share, false));
    }

    private Permit enterAlone() throws InterruptedException {
        return new Permit(lanes, lanes.enter(measuring, true), measuring, true);
    }

    /** How many wait for a lane. */
    public int waiting() {
        return lanes.waiting();
    }

    /** For each lane a count of what its tasks have got on to; empty while it has none. */
    public List<OptionalLong> progress() {
        return lanes.all().stream().map(Lane::progress).toList();
    }

    /** How long its lanes have been busy, all together. */
    public Duration busy() {
        return Duration.ofNanos(lanes.busyNanos());
    }

    /** Waits until nothing runs, runs a task, nothing beside it, and waits for its result, or throws what it throws. */
    public <T> T call(Supplier<T> task) throws InterruptedException {
        Permit permit = enterAlone();
        return DeviceThread.join(CompletableFuture.supplyAsync(task, permit::run));
    }

    /** The same with a task on each lane at once. */
    public <T> List<T> callOnAll(Supplier<T> task) throws InterruptedException {
        Permit permit = enterAlone();
        try {
            List<CompletableFuture<T>> results =
                    lanes.all().stream().map(lane -> begun(task, lane)).toList();
            return DeviceThread.joinAll(results);
        } finally {
            permit.leave();
        }
    }

    /** Where one lane takes nothing any more, what runs on the others is waited for all the same. */
    private static <T> CompletableFuture<T> begun(Supplier<T> task, Lane lane) {
        try {
            return CompletableFuture.supplyAsync(task, lane::execute);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
