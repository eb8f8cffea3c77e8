package dev.headroom.serving;

import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.serving.DeviceModels.Opened;
import dev.headroom.session.DeviceThread;
import dev.headroom.task.ModelTask;
import dev.headroom.task.Preparation;
import dev.headroom.task.TaskFiles;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One graph's sessions, one on each device, and the task that they run. Any thread may read; one at a time opens, warms up
 * and closes.
 */
final class ModelSessions {

    private final ModelSpec spec;
    private final Supplier<Plan> plan;
    private final OwnPlans own;
    private volatile List<DeviceSession> all = List.of();
    private ModelTask task;
    private TaskFiles files; // null before the first opening; a tokeniser cannot be given back

    /**
     * The sessions of a model that is closed.
     *
     * @param plan returns its plan in force
     * @param own its plans for devices that differ
     */
    ModelSessions(ModelSpec spec, Supplier<Plan> plan, OwnPlans own) {
        this.spec = spec;
        this.plan = plan;
        this.own = own;
    }

    /** The sessions, in the order of the devices; none while the model is closed. */
    List<DeviceSession> all() {
        return all;
    }

    /** The task that they run; null before the first opening. */
    ModelTask task() {
        return task;
    }

    /** Bytes that the model took of the first device when it was opened; 0 while it is closed. */
    long heldBytes() {
        return all.stream()
                .findFirst()
                .map(session -> session.calibrator().baseBytes())
                .orElse(0L);
    }

    /** Sentences on what the sessions do otherwise than usual. */
    Stream<String> remarks() {
        return all.stream().flatMap(session -> session.model().remark().stream());
    }

    /**
     * Opens a session on each device, on all at a time, and reads the task's files on the calling thread meanwhile.
     *
     * @throws dev.headroom.model.file.BrokenModelException when a session does not open, or a file cannot be read
     */
    void open(List<ServedDevice> devices, Preparation preparation) {
        opened(
                devices.stream()
                        .map(device -> device.models().open(spec, plan.get()))
                        .toList(),
                preparation);
    }

    /** The same while other models serve: their batches run meanwhile. */
    void openBeside(List<ServedDevice> devices, Preparation preparation) {
        opened(
                devices.stream()
                        .map(device -> device.models().openBeside(spec, plan.get()))
                        .toList(),
                preparation);
    }

    private void opened(List<CompletableFuture<Opened>> opening, Preparation preparation) {
        CompletableFuture<TaskFiles> read = CompletableFuture.supplyAsync(this::files, Runnable::run);
        List<Opened> opened = DeviceThread.joinAll(opening); // all have ended, so that all can be closed
        task = new ModelTask(DeviceThread.join(read), opened.getFirst().model(), preparation);
        all = opened.stream()
                .map(one -> DeviceSession.of(
                        one, task, plan, first -> own.on(one.device().access(), first)))
                .toList();
    }

    private TaskFiles files() {
        if (files == null) {
            files = TaskFiles.read(spec.task());
        }
        return files;
    }

    /** Runs the first batch, on all devices at a time. */
    void warmUp() {
        DeviceThread.joinAll(all.stream()
                .map(session -> session.device().alone(() -> task.warmUp(session.calibrator())))
                .toList());
    }

    /**
     * Runs the longest row on one of the devices, in its turn among the batches of callers.
     *
     * @throws IllegalStateException when the device is lost
     */
    void warmUpLongest(DeviceSession session) throws InterruptedException {
        task.warmUpLongest(session.calibrator(), session.device().gate());
    }

    /** Closes them. Waits for a device that hangs no longer than {@link DeviceModels#close}. */
    void close(List<ServedDevice> devices) {
        all = List.of(); // first, so that a run that meets its session closed is known for what it is
        devices.forEach(device -> device.models().close(spec.name()));
    }
}
