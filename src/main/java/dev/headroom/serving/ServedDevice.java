package dev.headroom.serving;

import dev.headroom.batch.Placement;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.OnnxModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A device that all models are open on: its memory, the way to it, and what is open there. */
public final class ServedDevice {

    private final DeviceAccess access;
    private final DeviceMemory memory;
    private final Gate gate;
    private final List<OnnxModel> models = new ArrayList<>();
    private volatile boolean opensAlone;

    public ServedDevice(DeviceAccess access, DeviceMemory memory) {
        this.access = access;
        this.memory = memory;
        this.gate = new Gate(access.name(), access.threads().first(), memory);
    }

    /**
     * A model that is open on a device.
     *
     * @param takenBytes what it took of the device
     */
    public record Opened(OnnxModel model, ServedDevice device, long takenBytes) {

        Placement placement() {
            return new Placement(model, device.gate);
        }
    }

    /** Its number among several. */
    String number() {
        return Integer.toString(access.number());
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
     * @param plannedBytes what it is taken to have where that cannot be read
     */
    long totalBytes(long plannedBytes) {
        return access.totalBytes(memory, plannedBytes);
    }

    /** What is used of it, by whomever. */
    long usedBytes() {
        return access.usedBytes(memory);
    }

    /** Whether all its threads run what they are given. */
    boolean alive() {
        return access.threads().alive();
    }

    /** Starts a task on the thread that makes every call that is no batch. */
    public CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, access.threads().first());
    }

    /** Opens a model, the next in the plan's order. */
    public CompletableFuture<Opened> open(ModelSpec spec, Plan planned) {
        return CompletableFuture.supplyAsync(
                () -> openNow(spec, planned), access.threads().first());
    }

    private Opened openNow(ModelSpec spec, Plan planned) {
        long before = memory.heldBytes();
        OnnxModel model = OnnxModel.open(spec, provider(planned.threads().value()));
        models.add(model);
        return new Opened(model, this, Math.max(0, memory.heldBytes() - before));
    }

    /**
     * The plans have changed. On a GPU neither sessions nor lanes follow from what is measured: nobody waits for it.
     *
     * @param plans the models' plans, in the order in which they were opened
     */
    void follow(List<Plan> plans) throws InterruptedException {
        int lanes = plans.getFirst().lanes().asInt();
        if (access.cuda() && gate.lanes() == lanes) {
            return;
        }
        gate.lanes(access.threads().lanes(lanes), () -> {
            for (int i = 0; i < models.size(); i++) {
                follow(models.get(i), plans.get(i));
            }
        });
    }

    /**
     * Opens the sessions for batches that have all cores, where the plans want them. They are not opened with the models
     * because nothing waits for them: until they are there such a batch runs as the others do.
     *
     * @return what they took of the device, for each model
     */
    List<Long> openAlone(List<Plan> plans) throws InterruptedException {
        if (access.cuda()) {
            return Collections.nCopies(models.size(), 0L); // its batches have all cores anyway
        }
        List<Long> taken = new ArrayList<>();
        opensAlone = true;
        try {
            gate.lanes(access.threads().lanes(plans.getFirst().lanes().asInt()), () -> {
                for (int i = 0; i < models.size(); i++) {
                    long before = memory.heldBytes();
                    follow(models.get(i), plans.get(i));
                    taken.add(Math.max(0, memory.heldBytes() - before));
                }
            });
        } catch (RuntimeException e) {
            opensAlone = false;
            follow(plans); // closes those that were opened
            throw e;
        }
        return taken;
    }

    private void follow(OnnxModel model, Plan planned) {
        long threads = planned.threads().value();
        boolean alone = opensAlone && planned.alone().value() > 0;
        model.follow(
                provider(threads),
                alone ? Optional.of(provider(Runtime.getRuntime().availableProcessors())) : Optional.empty());
    }

    private ExecutionProvider provider(long cpuThreads) {
        return access.provider(Math.toIntExact(cpuThreads));
    }

    /** Ends its threads and then the sessions; those of a lost device end with the process. */
    public void close() {
        access.threads().close(() -> {
            if (gate.lost().isEmpty()) {
                models.forEach(OnnxModel::close);
            }
        });
    }
}
