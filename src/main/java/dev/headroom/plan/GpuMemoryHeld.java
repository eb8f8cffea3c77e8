package dev.headroom.plan;

import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemory;

/**
 * What this process's models hold of a GPU: all that is used of it now, less what others used before. What others take
 * or give back meanwhile is counted too: nobody tells one process's share in a container.
 *
 * @param gpu the device as it was before this process took any of it
 */
public record GpuMemoryHeld(Gpu gpu) implements DeviceMemory {

    @Override
    public long heldBytes() {
        return GpuMemory.of(gpu)
                .map(now -> Math.max(0, now.usedBytes() - gpu.usedByOthersBytes()))
                .orElse(0L);
    }

    @Override
    public long freeBytes() {
        return GpuMemory.of(gpu).map(GpuMemory::freeBytes).orElse(0L);
    }

    @Override
    public long totalBytes() {
        return gpu.totalBytes();
    }

    @Override
    public long availableBytes() {
        return GpuMemory.of(gpu)
                .map(now -> now.freeBytes() + Math.max(0, now.usedBytes() - gpu.usedByOthersBytes()))
                .orElse(Long.MAX_VALUE);
    }
}
