package dev.headroom.device;

/**
 * What this process's models hold of a GPU: all that is used of it now, less what others used before. What others take
 * or give back meanwhile is counted too: nobody tells one process's share in a container. Where the driver does not answer
 * in time, all of it is as it was last read.
 *
 * @param gpu the device as it was before this process took any of it
 * @param reader reads its memory again
 */
public record GpuMemoryHeld(Gpu gpu, GpuMemoryReader reader) implements DeviceMemory {

    /** What is held of this GPU. */
    public GpuMemoryHeld(Gpu gpu) {
        this(gpu, new GpuMemoryReader(gpu));
    }

    @Override
    public long heldBytes() {
        return reader.now().map(this::held).orElse(0L);
    }

    @Override
    public long usedBytes() {
        return reader.now().map(GpuMemory::usedBytes).orElse(0L);
    }

    @Override
    public long freeBytes() {
        return reader.now().map(GpuMemory::freeBytes).orElse(0L);
    }

    @Override
    public long totalBytes() {
        return reader.last().isPresent() ? gpu.memory().totalBytes() : 0;
    }

    @Override
    public long availableBytes() {
        return reader.last().map(known -> known.freeBytes() + held(known)).orElse(Long.MAX_VALUE);
    }

    @Override
    public long readNanos() {
        return reader.readNanos();
    }

    private long held(GpuMemory known) {
        return Math.max(0, known.usedBytes() - gpu.memory().usedBytes());
    }
}
