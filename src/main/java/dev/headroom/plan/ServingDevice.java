package dev.headroom.plan;

/**
 * The device that the plan is for: the one that the models run on, or the one with the least free memory of several.
 *
 * @param gpu true for a GPU, false for the CPU
 * @param name the device's name as the driver or the system gives it
 * @param computeCapability a GPU's generation, "8.9"; empty where it is not known, and for a CPU; the lowest of several
 * @param totalBytes its memory; for a MIG slice that of the slice, for a CPU the memory that the process may use
 * @param freeBytes bytes that were free when the process started
 * @param overhead memory that CUDA takes beside the models; none of a CPU, and of a GPU that is not here
 * @param count devices that serve; each holds every model, and a batch goes to any that is free
 * @param reason why this device was selected, and why others were not
 */
public record ServingDevice(
        boolean gpu,
        String name,
        String computeCapability,
        long totalBytes,
        long freeBytes,
        CudaOverhead overhead,
        int count,
        String reason) {

    /** A device that is the only one, and has no overhead. */
    public ServingDevice(
            boolean gpu, String name, String computeCapability, long totalBytes, long freeBytes, String reason) {
        this(gpu, name, computeCapability, totalBytes, freeBytes, CudaOverhead.NONE, 1, reason);
    }

    /** This device with fewer bytes free than at the start. */
    public ServingDevice free(long bytes) {
        return new ServingDevice(
                gpu, name, computeCapability, totalBytes, Math.min(freeBytes, bytes), overhead, count, reason);
    }

    /** This device as one of so many that serve. */
    public ServingDevice counted(int devices) {
        return new ServingDevice(gpu, name, computeCapability, totalBytes, freeBytes, overhead, devices, reason);
    }
}
