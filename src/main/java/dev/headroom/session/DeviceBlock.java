package dev.headroom.session;

import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A block of a GPU's arena, for one session's inputs and outputs. Every shape has them there, one after the other, so that
 * batches follow one another in the same memory.
 */
final class DeviceBlock implements AutoCloseable {

    private final DeviceAllocator allocator;
    private final MemorySegment start;

    /**
     * Takes it.
     *
     * @param session the {@code OrtSession*}, which outlives it
     * @param device CUDA's index of the GPU
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    DeviceBlock(MemorySegment session, int device, long bytes) {
        allocator = new DeviceAllocator(session, new Cuda(device));
        try {
            start = allocator.allocate(bytes);
        } catch (IllegalStateException e) {
            allocator.close();
            throw e;
        }
    }

    /** The {@code OrtMemoryInfo*} of its memory. */
    MemorySegment info() {
        return allocator.info();
    }

    MemorySegment start() {
        return start;
    }

    /**
     * The state of the arena that holds the block. While it is the same and no session came or went, the memory that was free
     * at one time between two runs is free again.
     */
    List<Long> arena() {
        return allocator.statistics("InUse", "NumArenaShrinkages");
    }

    @Override
    public void close() {
        allocator.free(start);
        allocator.close();
    }
}
