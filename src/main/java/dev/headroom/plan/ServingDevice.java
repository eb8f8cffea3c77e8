package dev.headroom.plan;

/**
 * The device that the models run on, or of several the one with the least memory free, for which the plan is.
 *
 * @param gpu whether it is a GPU
 * @param name the device's name as the driver or the system gives it
 * @param computeCapability a GPU's generation, "8.9"; empty where it is not known, and for a CPU; the lowest of several
 * @param totalBytes its memory; for a MIG slice the slice's own, for a CPU what the process may use beside its heap
 * @param freeBytes what was free of it when the process started
 * @param count how many devices serve; each holds every model, and a batch goes to any that is free
 * @param reason why this device was chosen, and why others were passed over
 */
public record ServingDevice(
        boolean gpu, String name, String computeCapability, long totalBytes, long freeBytes, int count, String reason) {

    /** The only device. */
    public ServingDevice(
            boolean gpu, String name, String computeCapability, long totalBytes, long freeBytes, String reason) {
        this(gpu, name, computeCapability, totalBytes, freeBytes, 1, reason);
    }

    /** The same where so much less is free than at the start. */
    ServingDevice free(long bytes) {
        return new ServingDevice(gpu, name, computeCapability, totalBytes, Math.min(freeBytes, bytes), count, reason);
    }

    /** The same where so many serve. */
    public ServingDevice counted(int devices) {
        return new ServingDevice(gpu, name, computeCapability, totalBytes, freeBytes, devices, reason);
    }
}
