package dev.headroom.device;

import java.util.Optional;

/**
 * The memory of one GPU at this moment, in bytes.
 *
 * @param totalBytes the device's, or the slice's
 * @param freeBytes what can still be allocated
 * @param usedBytes what all processes hold, this one included
 */
public record GpuMemory(long totalBytes, long freeBytes, long usedBytes) {

    /** What a broken driver tells beyond the total, or NVML's -1 for "not available", is brought within bounds. */
    public GpuMemory {
        totalBytes = Math.max(0, totalBytes);
        freeBytes = Math.clamp(freeBytes, 0, totalBytes);
        usedBytes = Math.clamp(usedBytes, 0, totalBytes);
    }

    /**
     * Reads the memory again: two or three calls into NVML, or some small files for a device of unified memory. Empty
     * where NVML does not answer for this device: it is gone, split anew, or was not found through NVML. Hangs where
     * the driver does: {@link GpuMemoryReader} waits for it.
     */
    static Optional<GpuMemory> of(Gpu gpu) {
        return gpu.unifiedMemory() ? Optional.of(of(Host.read())) : NvmlSource.PROCESS.memory(gpu.uuid());
    }

    /** What a device without memory of its own has: the host's. */
    static GpuMemory of(Host host) {
        return new GpuMemory(host.memoryBytes(), host.freeBytes(), host.memoryBytes() - host.freeBytes());
    }
}
