package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.gate.Gates;
import dev.headroom.session.DeviceThread;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The devices that every model is open on.
 *
 * @param all the one that the plan is for first: models are measured there
 */
public record ServedDevices(List<ServedDevice> all) {

    /** The device that the plan is for. */
    ServedDevice first() {
        return all.getFirst();
    }

    /** The devices that are not lost. */
    List<ServedDevice> serving() {
        return all.stream().filter(device -> device.gate().lost().isEmpty()).toList();
    }

    /** The number by which a device's meters are tagged; empty where it is the only one. */
    Optional<String> tag(ServedDevice device) {
        return Optional.of(device.number()).filter(number -> all.size() > 1);
    }

    /** The gates of the devices. */
    public Gates gates() {
        return new Gates(all.stream().map(ServedDevice::gate).toList());
    }

    /**
     * Refuses models that fill a CPU's arena, which would lose its cap; a GPU that is too small fails by itself.
     *
     * @param availableBytes the most bytes that this process may take of a device
     */
    void checkRoom(long availableBytes) {
        long heldBytes = first().memory().heldBytes();
        if (!first().gpu() && heldBytes >= availableBytes) {
            throw new PlanRefusedException(
                    "The models take %s and leave nothing of the %s that are there for a batch: raise headroom.memory.limit, lower headroom.memory.reserved, or serve fewer models."
                            .formatted(Bytes.text(heldBytes), Bytes.text(availableBytes)));
        }
    }

    /** Puts the models' plans in force, on one device after the other, once nothing runs there. */
    void follow(int lanes, List<ServedModel> models) throws InterruptedException {
        for (ServedDevice device : serving()) {
            device.plans().follow(lanes, sessions(device, models));
        }
    }

    /** Opens the sessions for lone items. */
    void openAlone(int lanes, List<ServedModel> models) throws InterruptedException {
        for (ServedDevice device : serving()) {
            device.plans().openAlone(lanes, sessions(device, models));
        }
    }

    private static List<DeviceSession> sessions(ServedDevice device, List<ServedModel> models) {
        return models.stream()
                .flatMap(model -> model.sessions().all().stream())
                .filter(session -> session.device() == device)
                .toList();
    }

    /** Ends the devices at the same time, so that several that hang take no longer than one. */
    void close() {
        DeviceThread.joinAll(all.stream()
                .map(device -> CompletableFuture.runAsync(device::close, Thread::startVirtualThread))
                .toList());
    }
}
