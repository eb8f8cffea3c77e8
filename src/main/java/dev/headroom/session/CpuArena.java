package dev.headroom.session;

import dev.headroom.device.DeviceMemory;

/**
 * The arena from which all sessions on the CPU take their memory. A batch that does not fit fails and is halved, while a
 * process that outgrows its container is killed. Untouched pages take no memory.
 */
public final class CpuArena implements DeviceMemory {

    private final OrtArena arena;

    /**
     * Creates the arena. Sessions that open later with {@code session.use_env_allocators} share it. A process has one
     * arena for its whole life: a second instance, as in Quarkus's development mode, shares the first one's.
     *
     * @param bytes the most bytes that all sessions take together
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    public CpuArena(long bytes) {
        arena = OrtArena.cpu(bytes);
    }

    @Override
    public long heldBytes() {
        return arena.inUseBytes();
    }

    @Override
    public long peakBytes() {
        return arena.peakBytes();
    }

    @Override
    public long freeBytes() {
        return Math.max(0, totalBytes() - heldBytes());
    }

    @Override
    public long totalBytes() {
        return arena.limitBytes();
    }
}
