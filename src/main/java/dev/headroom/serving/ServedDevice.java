package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.session.Decoder;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.OnnxModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A device that all models are open on: its memory, its gate, and its sessions.
 *
 * <p>Any thread may call. Sessions are changed and closed only by a task that has the device alone, on one of its
 * threads, so that no batch runs beside it. The caller must not be on one of the device's threads: it would wait for
 * itself. While models serve, a further one is opened on another thread, so that their batches go on.
 */
public final class ServedDevice {

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final DeviceAccess access;
    private final DeviceMemory memory;
    private final Gate gate;
    private final List<OnnxModel> open = new ArrayList<>(); // for the task that has the device alone
    private final List<Decoder> decoders = new ArrayList<>(); // for the same task
    private volatile boolean opensAlone;
    private volatile long othersBytes;
    private long firstOthersBytes = -1;

    /** A device on which nothing is open yet. */
    public ServedDevice(DeviceAccess access, DeviceMemory memory) {
        this.access = access;
        this.memory = memory;
        this.gate = new Gate(access.name(), access.threads().first(), memory);
    }

    /**
     * A model that has been opened.
     *
     * @param takenBytes memory that it took of the device
     */
    record Opened(OnnxModel model, ServedDevice device, long takenBytes) {}

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

    /** What other processes and CUDA itself hold of a GPU, as last read; 0 where that is not told. Asks no driver. */
    long othersBytes() {
        return othersBytes;
    }

    /** Reads that again; returns how much more it is than at the first reading. One thread calls. */
    long readOthers() {
        if (access.cuda() && access.gpu().isPresent()) {
            othersBytes = Math.max(0, memory.usedBytes() - memory.heldBytes());
            firstOthersBytes = firstOthersBytes < 0 ? othersBytes : firstOthersBytes;
        }
        return othersBytes - Math.max(0, firstOthersBytes);
    }

    /** The time of the last reading of the memory in use, by {@link System#nanoTime}. */
    long readNanos() {
        return access.readNanos(memory);
    }

    /** True while all its threads run their tasks. */
    boolean alive() {
        return access.threads().alive();
    }

    /** True once batches that are alone have sessions of their own, where the plans want them. */
    boolean opensAlone() {
        return opensAlone;
    }

    /** Starts a task that waits until it has the device alone. */
    CompletableFuture<Void> alone(Runnable task) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        gate.lanes(access.threads().lanes(gate.lanes()), task);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("Nobody has this thread to interrupt it", e);
                    }
                },
                Thread.ofPlatform().daemon().name("headroom-alone-" + number())::start);
    }

    /** Opens a model, once nothing runs: the memory that it takes is the difference of two readings. */
    CompletableFuture<Opened> open(ModelSpec spec, Plan plan) {
        CompletableFuture<Opened> opened = new CompletableFuture<>();
        return alone(() -> opened.complete(openNow(spec, plan))).thenCompose(end -> opened);
    }

    private Opened openNow(ModelSpec spec, Plan plan) {
        long before = memory.heldBytes();
        OnnxModel model = OnnxModel.open(spec, provider(plan.threads().value()));
        open.add(model);
        return new Opened(model, this, Math.max(0, memory.heldBytes() - before));
    }

    /**
     * Opens a model that generates text, once nothing runs.
     *
     * @param cpuThreads the threads that share the work of a step on a CPU
     * @return it, with the memory that it took of the device
     */
    CompletableFuture<OpenedDecoder> openDecoder(ModelSpec spec, int cpuThreads) {
        CompletableFuture<OpenedDecoder> opened = new CompletableFuture<>();
        return alone(() -> {
                    long before = memory.heldBytes();
                    Decoder decoder = Decoder.open(spec, provider(cpuThreads));
                    decoders.add(decoder);
                    opened.complete(new OpenedDecoder(decoder, Math.max(0, memory.heldBytes() - before)));
                })
                .thenCompose(end -> opened);
    }

    /** A model that generates text and has been opened. */
    record OpenedDecoder(Decoder decoder, long takenBytes) {}

    /**
     * Opens a model while batches of others run, on a thread of its own. Only the two readings wait until nothing runs.
     * With each a CPU's arena gives back what it holds for batches, because it counts weights that come later beside that,
     * and has no cap above it.
     */
    CompletableFuture<Opened> openBeside(ModelSpec spec, Plan plan) {
        return CompletableFuture.supplyAsync(
                () -> openBesideNow(spec, plan),
                Thread.ofPlatform().daemon().name("headroom-opening-" + number())::start);
    }

    private Opened openBesideNow(ModelSpec spec, Plan plan) {
        try {
            long before = gate.call(this::heldBytesWithoutBatches);
            OnnxModel model = OnnxModel.open(spec, provider(plan.threads().value()));
            try {
                follow(model, plan);
                return gate.call(() -> {
                    open.add(model);
                    return new Opened(model, this, Math.max(0, heldBytesWithoutBatches() - before));
                });
            } catch (RuntimeException | Error e) {
                if (!open.contains(model)) {
                    model.close();
                }
                throw e;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody has this thread to interrupt it", e);
        }
    }

    private long heldBytesWithoutBatches() {
        if (!access.cuda()) {
            open.stream().findFirst().ifPresent(OnnxModel::shrink);
        }
        return memory.heldBytes();
    }

    /**
     * Closes the model of this name where it is open, once nothing runs. Waits for that for 10 s at most: on a device
     * that hangs the sessions are closed when it goes on, and those of a lost device end with the process.
     */
    void close(String name) {
        alone(() -> {
                    List<OnnxModel> closing = open.stream()
                            .filter(model -> model.name().equals(name))
                            .toList();
                    closing.forEach(gate::remove);
                    closing.forEach(OnnxModel::close);
                    open.removeAll(closing);
                })
                .completeOnTimeout(null, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(ended -> null) // the device's threads have ended: it is about to be lost
                .join();
    }

    /**
     * Puts changed plans in force, once nothing runs. On a GPU neither sessions nor lanes follow from measurements,
     * and this does not wait.
     *
     * @param sessions all that are open here
     */
    void follow(int lanes, List<DeviceSession> sessions) throws InterruptedException {
        if (!access.cuda() || gate.lanes() != lanes) {
            gate.lanes(access.threads().lanes(lanes), () -> sessions.forEach(this::follow));
        }
    }

    /**
     * Opens the sessions for batches that have all cores, where the plans want them, and tells the calibrators what
     * they took. They are not opened with the models because nothing waits for them: until they are there such a batch
     * runs as the others do.
     *
     * @param sessions all that are open here
     */
    void openAlone(int lanes, List<DeviceSession> sessions) throws InterruptedException {
        if (access.cuda()) {
            return; // its batches have all cores anyway
        }
        Map<DeviceSession, Long> taken = new LinkedHashMap<>();
        opensAlone = true;
        try {
            gate.lanes(
                    access.threads().lanes(lanes),
                    () -> sessions.forEach(session -> {
                        long before = memory.heldBytes();
                        follow(session);
                        taken.put(session, Math.max(0, memory.heldBytes() - before));
                    }));
        } catch (RuntimeException e) {
            opensAlone = false;
            follow(lanes, sessions); // closes those that were opened
            throw e;
        }
        taken.forEach((session, bytes) -> session.calibrator().opened(bytes));
    }

    private void follow(DeviceSession session) {
        follow(session.model(), session.plan().get());
    }

    private void follow(OnnxModel model, Plan plan) {
        boolean alone = opensAlone && plan.alone().value() > 0;
        model.follow(
                provider(plan.threads().value()),
                alone ? Optional.of(provider(Runtime.getRuntime().availableProcessors())) : Optional.empty());
    }

    private ExecutionProvider provider(long cpuThreads) {
        return access.provider(Math.toIntExact(cpuThreads));
    }

    /** Ends its threads and then the sessions; those of a lost device end with the process. */
    public void close() {
        access.threads().close(() -> {
            if (gate.lost().isEmpty()) {
                open.forEach(OnnxModel::close);
                decoders.forEach(Decoder::close);
            }
        });
    }
}
