package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.session.OrtArena;
import java.util.concurrent.CompletableFuture;

/**
 * A device that all models are open on: its memory, its gate, and its sessions.
 *
 * <p>Any thread may call. Sessions are changed and closed only by a task that has the device alone, on one of its
 * threads, so that no batch runs beside it. The caller must not be on one of the device's threads: it would wait for
 * itself. While models serve, a further one is opened on another thread, so that their batches go on.
 */
public final class ServedDevice {

    private final DeviceAccess access;
    private final DeviceMemory memory;
    private final Gate gate;
    private final OthersMemory others;
    private final SessionPlans plans;
    private final DeviceModels models;

    /** A device on which nothing is open yet. */
    public ServedDevice(DeviceAccess access, DeviceMemory memory) {
        this.access = access;
        this.memory = memory;
        this.gate = new Gate(access.name(), access.threads().first(), memory);
        this.others = new OthersMemory(access, memory);
        this.plans = new SessionPlans(access, memory, gate);
        this.models = new DeviceModels(this);
    }

    DeviceAccess access() {
        return access;
    }

    /** Its number among several. */
    String number() {
        return Integer.toString(access.number());
    }

    boolean gpu() {
        return access.cuda();
    }

    Gate gate() {
        return gate;
    }

    /** Keeps its sessions to the plans. */
    SessionPlans plans() {
        return plans;
    }

    /** The models that are open on it. */
    DeviceModels models() {
        return models;
    }

    public DeviceMemory memory() {
        return memory;
    }

    /**
     * All of its memory that may be used.
     *
     * @param plannedBytes the answer where the memory cannot be read
     */
    long totalBytes(long plannedBytes) {
        return access.totalBytes(memory, plannedBytes);
    }

    /**
     * Its memory in use.
     *
     * @param totalBytes all of it
     */
    long usedBytes(long totalBytes) {
        return access.usedBytes(memory, totalBytes);
    }

    /** Its memory that others hold. */
    OthersMemory others() {
        return others;
    }

    /** The time of the last reading of the memory in use, by {@link System#nanoTime}. */
    long readNanos() {
        return access.readNanos(memory);
    }

    /** True while all its threads run their tasks. */
    boolean alive() {
        return access.threads().alive();
    }

    /** Starts a task that waits until it has the device alone. */
    CompletableFuture<Void> alone(Runnable task) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        gate.call(() -> {
                            task.run();
                            return null;
                        });
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("Nobody has this thread to interrupt it", e);
                    }
                },
                Thread.ofPlatform().daemon().name("headroom-alone-" + number())::start);
    }

    /** Gives the arena of a CPU back, once the device is closed; nothing may read its memory any more. */
    public void closeArena() {
        if (memory instanceof OrtArena arena) {
            arena.close();
        }
    }

    /** Ends its threads and then the sessions; those of a lost device end with the process. */
    public void close() {
        access.threads().close(() -> {
            if (gate.lost().isEmpty()) {
                models.closeAll();
            }
        });
    }
}
