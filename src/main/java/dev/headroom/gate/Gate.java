package dev.headroom.gate;

import dev.headroom.device.DeviceMemory;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way to one device. A thread enters, which gives it a {@link Permit} for a free lane, and runs a task by it. All models
 * on the device share its lanes, its memory, and its loss: once the device is lost, only a restart of the process helps.
 *
 * <p>Any thread may call any method. {@link #enter}, {@link #call}, {@link #callOnAll} and {@link #lanes(List, Runnable)}
 * wait for lanes, so no thread of a lane calls them. A caller of {@link #lose} runs the listeners and holds no lock of
 * the queue or of the lanes.
 */
public final class Gate {

    private final String name;
    private final DeviceMemory memory;
    private final Lanes lanes;
    private final Share measuring = new Share(1);
    private final List<Tenant> models = new CopyOnWriteArrayList<>();
    private final DeviceLoss loss;

    /** A gate to a device of one lane, on whose thread this executor runs tasks. */
    public Gate(Executor device, DeviceMemory memory) {
        this("The device", device, memory);
    }

    /** The same for one of several devices, by name. */
    public Gate(String name, Executor device, DeviceMemory memory) {
        this.name = name;
        this.memory = memory;
        this.loss = new DeviceLoss(name);
        this.lanes = new Lanes(List.of(new Lane(device)));
    }

    /** The device's name for people. */
    public String name() {
        return name;
    }

    /** Adds a model and returns its share of the device. */
    public Share add(Tenant model) {
        models.add(model);
        return new Share(model.weight());
    }

    /** Forgets a model that is closed. */
    public void remove(Tenant model) {
        models.remove(model);
    }

    /** How many times longer a model's batches take than they run if all models always have batches. */
    public long turns(Tenant model) {
        int weights = 0;
        for (Tenant each : models) {
            weights += each.weight();
        }
        return Math.ceilDiv(weights, model.weight());
    }

    /**
     * Gives the device these lanes, each a thread, once nothing runs.
     *
     * @param change runs at that moment, on one of the former lanes
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
     * Makes every model give back the unused memory of its arena; called on the device's thread.
     *
     * @param failed the model whose batch did not fit; it comes last, because its own memory is no new room for it
     * @return the bytes that the other models have given back
     */
    public long shrink(Tenant failed) {
        long held = memory.heldBytes();
        models.stream().filter(model -> model != failed).forEach(Tenant::shrink);
        long givenBack = held - memory.heldBytes();
        failed.shrink();
        return givenBack;
    }

    /** Marks the device as lost to this process; the first reason stays. */
    public void lose(String reason) {
        loss.lose(reason);
    }

    /** Why the device is lost to this process; empty while it serves. */
    public Optional<String> lost() {
        return loss.reason();
    }

    /**
     * Tells the listener the reason as soon as the device is lost, at once if it is.
     *
     * @return removes the listener
     */
    public Runnable whenLost(Consumer<String> listener) {
        return loss.whenLost(listener);
    }

    /** Waits for a lane. */
    public Permit enter(Share share) throws InterruptedException {
        return new Permit(lanes, lanes.enter(share, false), share, false);
    }

    /** Takes a lane if one is free and no thread waits. */
    public Optional<Permit> tryEnter(Share share) {
        return lanes.tryEnter(share).map(lane -> new Permit(lanes, lane, share, false));
    }

    private Permit enterAlone() throws InterruptedException {
        return new Permit(lanes, lanes.enter(measuring, true), measuring, true);
    }

    /** How many threads wait for a lane. */
    public int waiting() {
        return lanes.waiting();
    }

    /** For each lane the number of runs that its tasks have begun; empty while it has no task. */
    public List<OptionalLong> progress() {
        return lanes.all().stream().map(Lane::progress).toList();
    }

    /** How long its lanes have been busy, all together. */
    public Duration busy() {
        return Duration.ofNanos(lanes.busyNanos());
    }

    /** Waits until nothing runs, runs the task alone, and returns its result or throws its exception. */
    public <T> T call(Supplier<T> task) throws InterruptedException {
        Permit permit = enterAlone();
        return DeviceThread.join(CompletableFuture.supplyAsync(task, permit::run));
    }

    /** The same with the task on each lane at once. */
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

    /** Begins the task; a lane whose thread has ended fails it, so that the caller still waits for the other lanes. */
    private static <T> CompletableFuture<T> begun(Supplier<T> task, Lane lane) {
        try {
            return CompletableFuture.supplyAsync(task, lane::execute);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
