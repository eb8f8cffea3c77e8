package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.plan.Plan;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the sessions on a device to the plans in force: how many lanes there are, with how many threads a session runs,
 * and whether batches that are alone have sessions of their own.
 *
 * <p>Any thread may call but the device's own, for which calls wait.
 */
final class SessionPlans {

    private final DeviceAccess access;
    private final DeviceMemory memory;
    private final Gate gate;
    private volatile boolean opensAlone; // batches that are alone have sessions of their own, where the plans want them

    SessionPlans(DeviceAccess access, DeviceMemory memory, Gate gate) {
        this.access = access;
        this.memory = memory;
        this.gate = gate;
    }

    /** The provider that a session runs on, on a CPU with so many threads. */
    ExecutionProvider provider(long cpuThreads) {
        return access.provider(Math.toIntExact(cpuThreads));
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

    /** Puts a plan in force for the sessions of one model, which run nothing. */
    void follow(OnnxModel model, Plan plan) {
        boolean alone = opensAlone && plan.alone().value() > 0;
        model.follow(
                provider(plan.threads().value()),
                alone ? Optional.of(provider(Runtime.getRuntime().availableProcessors())) : Optional.empty());
    }
}
