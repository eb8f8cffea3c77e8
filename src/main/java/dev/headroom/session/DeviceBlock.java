package dev.headroom.session;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A block of a GPU's arena, for one session's inputs and outputs. Every shape has them there, one after the other, so that
 * batches follow one another in the same memory.
 */
final class DeviceBlock implements AutoCloseable {

    private static final int CREATE_MEMORY_INFO = 68;
    private static final int ALLOCATE = 75;
    private static final int FREE = 76;
    private static final int RELEASE_MEMORY_INFO = 94;
    private static final int CREATE_ALLOCATOR = 131;
    private static final int RELEASE_ALLOCATOR = 132;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtApi api;
    private final MemorySegment info;
    private final MemorySegment allocator;
    private final MemorySegment start;

    /**
     * Takes it.
     *
     * @param session the {@code OrtSession*}, which outlives it
     * @param device CUDA's index of the GPU
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    DeviceBlock(OrtApi api, MemorySegment session, int device, long bytes) {
        this.api = api;
        try (Arena scope = Arena.ofConfined()) {
            info = api.create(CREATE_MEMORY_INFO, scope.allocateFrom("Cuda"), ARENA_ALLOCATOR, device, DEFAULT_MEMORY);
        }
        allocator = api.create(CREATE_ALLOCATOR, session, info);
        try {
            start = api.create(ALLOCATE, allocator, bytes);
        } catch (IllegalStateException e) {
            release();
            throw e;
        }
    }

    /** The {@code OrtMemoryInfo*} of its memory. */
    MemorySegment info() {
        return info;
    }

    MemorySegment start() {
        return start;
    }

    /**
     * The state of the arena that holds the block. While it is the same and no session came or went, the memory that was free
     * at one time between two runs is free again.
     */
    List<Long> arena() {
        return OrtArena.statistics(api, allocator, "InUse", "NumArenaShrinkages");
    }

    @Override
    public void close() {
        api.call(FREE, allocator, start);
        release();
    }

    private void release() {
        api.release(RELEASE_ALLOCATOR, allocator);
        api.release(RELEASE_MEMORY_INFO, info);
    }
}
