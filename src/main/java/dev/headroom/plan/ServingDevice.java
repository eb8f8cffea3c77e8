package dev.headroom.plan;

/**
 * The device that the models run on.
 *
 * @param gpu whether it is a GPU
 * @param name the device's name as the driver or the system gives it
 * @param computeCapability a GPU's generation, "8.9"; empty where it is not known, and for a CPU
 * @param totalBytes its memory; for a MIG slice the slice's own, for a CPU what the process may use beside its heap
 * @param freeBytes what was free of it when the process started
 * @param reason why this device was chosen, and why others were passed over
 */
public record ServingDevice(
        boolean gpu, String name, String computeCapability, long totalBytes, long freeBytes, String reason) {

    /** The same where so much less is free than at the start. */
    ServingDevice free(long bytes) {
        return new ServingDevice(gpu, name, computeCapability, totalBytes, Math.min(freeBytes, bytes), reason);
    }
}
