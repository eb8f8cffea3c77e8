package dev.headroom.device;

/**
 * One GPU, or one MIG slice of a GPU, as it was when the hardware was probed. Sizes are in bytes; a text is empty where
 * the driver does not tell.
 *
 * @param index what CUDA calls the device in this process (ONNX Runtime's device id), provided that the cards are
 *     alike or {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}; before {@link VisibleDevices} are applied, the driver's number
 * @param uuid the driver's identifier, {@code GPU-...}, or {@code MIG-...} for a slice
 * @param name the product's name, "NVIDIA L4", or "unnamed GPU" where the driver does not tell
 * @param totalBytes the device's own memory, the slice's own where it is one
 * @param freeBytes what was left of it
 * @param usedByOthersBytes what was taken before this process took any; without the driver's own reserve where the
 *     driver tells that apart (since 510), so total is not always the sum of free and used
 * @param computeCapability "8.9"
 * @param driverVersion "550.54.15"
 * @param cudaVersion the newest CUDA that the driver serves, "12.4"; {@code nvidia-smi} does not tell
 * @param mig whether this is a MIG slice; CUDA shows one process a single slice
 * @param unifiedMemory whether the device has no memory of its own (Jetson, DGX Spark); the sizes are then the host's
 */
public record Gpu(
        int index,
        String uuid,
        String name,
        long totalBytes,
        long freeBytes,
        long usedByOthersBytes,
        String computeCapability,
        String driverVersion,
        String cudaVersion,
        boolean mig,
        boolean unifiedMemory) {

    /** Gives it a name to be called by. */
    public Gpu {
        name = name.isBlank() ? "unnamed GPU" : name;
    }

    /** Its name among several: "GPU 1 (NVIDIA L4)". */
    public String label() {
        return "GPU %d (%s)".formatted(index, name);
    }

    /** The same where so much is free. */
    public Gpu free(long bytes) {
        return new Gpu(
                index,
                uuid,
                name,
                totalBytes,
                bytes,
                usedByOthersBytes,
                computeCapability,
                driverVersion,
                cudaVersion,
                mig,
                unifiedMemory);
    }

    Gpu numbered(int number) {
        return new Gpu(
                number,
                uuid,
                name,
                totalBytes,
                freeBytes,
                usedByOthersBytes,
                computeCapability,
                driverVersion,
                cudaVersion,
                mig,
                unifiedMemory);
    }
}
