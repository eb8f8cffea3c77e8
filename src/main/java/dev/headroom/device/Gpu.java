package dev.headroom.device;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One GPU, or one MIG slice of a GPU, as it was when the hardware was probed. A text is empty where the driver does not
 * tell.
 *
 * @param index the number that CUDA gives the device in this process (ONNX Runtime's device id), which sets {@code
 *     CUDA_DEVICE_ORDER=PCI_BUS_ID}; before {@link VisibleDevices} are applied, the driver's number
 * @param uuid the driver's identifier, {@code GPU-...}, or {@code MIG-...} for a slice
 * @param name the product's name, "NVIDIA L4", or "unnamed GPU" where the driver does not tell
 * @param memory its memory before this process took any; the host's for a device without memory of its own
 * @param computeCapability "8.9"
 * @param driverVersion "550.54.15"
 * @param cudaVersion the newest CUDA that the driver serves, "12.4"; {@code nvidia-smi} does not tell
 * @param mig true for a MIG slice; CUDA shows one process a single slice
 * @param unifiedMemory true for a device without memory of its own (Jetson, DGX Spark)
 */
public record Gpu(
        int index,
        String uuid,
        String name,
        @JsonUnwrapped GpuMemory memory,
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
        return with(index, memory.free(bytes));
    }

    Gpu numbered(int number) {
        return with(number, memory);
    }

    private Gpu with(int number, GpuMemory other) {
        return new Gpu(number, uuid, name, other, computeCapability, driverVersion, cudaVersion, mig, unifiedMemory);
    }
}
