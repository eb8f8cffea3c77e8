package dev.headroom.device;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * The memory of one GPU at one moment, in bytes.
 *
 * @param totalBytes all of the device, or of the slice
 * @param freeBytes memory that can still be allocated
 * @param usedBytes memory that all processes hold, this one included; without the driver's own reserve where the driver
 *     tells that apart (since 510), so that total is not always the sum of free and used. {@code GET /plan} shows the
 *     reading of the start, before this process held any
 */
public record GpuMemory(
        long totalBytes,
        long freeBytes,
        @JsonProperty("usedByOthersBytes") long usedBytes) {

    /** Brings within bounds numbers beyond the total, from a broken driver, and NVML's -1 for "not available". */
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

    GpuMemory free(long bytes) {
        return new GpuMemory(totalBytes, bytes, usedBytes);
    }

    /** The memory of a device without memory of its own: the host's. */
    static GpuMemory of(Host host) {
        return new GpuMemory(host.memoryBytes(), host.freeBytes(), host.memoryBytes() - host.freeBytes());
    }
}
