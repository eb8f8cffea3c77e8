package dev.headroom.session;

import dev.headroom.device.CudaTurns;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The arena of a session's device, from which memory is taken beside the session. The device's thread calls. */
final class DeviceAllocator implements AutoCloseable {

    private static final int CREATE_MEMORY_INFO = 68;
    private static final int ALLOCATE = 75;
    private static final int FREE = 76;
    private static final int RELEASE_MEMORY_INFO = 94;
    private static final int CREATE_ALLOCATOR = 131;
    private static final int RELEASE_ALLOCATOR = 132;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtApi api = OrtRuntime.env().api();
    private final Lock turn;
    private final MemorySegment info;
    private final MemorySegment allocator;

    /**
     * The arena that the session takes its memory from.
     *
     * @param session the {@code OrtSession*}, which outlives it
     */
    DeviceAllocator(MemorySegment session, ExecutionProvider provider) {
        boolean cuda = provider instanceof Cuda;
        turn = cuda ? CudaTurns.shared() : new ReentrantLock();
        int device = provider instanceof Cuda gpu ? gpu.index() : 0;
        try (Arena scope = Arena.ofConfined()) {
            info = api.create(
                    CREATE_MEMORY_INFO,
                    scope.allocateFrom(cuda ? "Cuda" : "Cpu"),
                    ARENA_ALLOCATOR,
                    device,
                    DEFAULT_MEMORY);
        }
        allocator = api.create(CREATE_ALLOCATOR, session, info);
    }

    /** The {@code OrtMemoryInfo*} of its memory. */
    MemorySegment info() {
        return info;
    }

    /**
     * Takes memory.
     *
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    MemorySegment allocate(long bytes) {
        turn.lock();
        try {
            return api.create(ALLOCATE, allocator, bytes);
        } finally {
            turn.unlock();
        }
    }

    /** Gives memory back. */
    void free(MemorySegment memory) {
        turn.lock();
        try {
            api.call(FREE, allocator, memory);
        } finally {
            turn.unlock();
        }
    }

    /** Statistics of the arena by their names, read at one time. */
    List<Long> statistics(String... names) {
        return OrtArena.statistics(api, allocator, names);
    }

    /** The lock of a thread that calls the device: of a GPU it is shared with all that do not capture a graph. */
    Lock turn() {
        return turn;
    }

    @Override
    public void close() {
        api.release(RELEASE_ALLOCATOR, allocator);
        api.release(RELEASE_MEMORY_INFO, info);
    }
}
