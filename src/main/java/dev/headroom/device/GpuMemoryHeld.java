package dev.headroom.device;

/**
 * The memory of a GPU as this process's models hold it: the bytes used now, less those that others used before. Bytes
 * that others take or give back meanwhile count too, because no driver tells one process's share in a container. Where
 * the driver does not answer in time, the answer is the last reading.
 *
 * @param gpu the device as it was before this process took any of it
 * @param reader reads its memory again
 */
public record GpuMemoryHeld(Gpu gpu, GpuMemoryReader reader) implements DeviceMemory {

    /** The memory held of this GPU. */
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
