package dev.headroom.session;

import dev.headroom.device.CudaCopies;
import dev.headroom.device.CudaCopies.Place;
import dev.headroom.device.CudaTurns;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

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
    private final boolean cuda;
    private final MemorySegment info;
    private final MemorySegment allocator;
    private final MemorySegment nothing; // stands for no bytes

    /**
     * The arena that the session takes its memory from.
     *
     * @param session the {@code OrtSession*}, which outlives it
     */
    DeviceAllocator(MemorySegment session, ExecutionProvider provider) {
        cuda = provider instanceof Cuda;
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
        nothing = inTurn(() -> api.create(ALLOCATE, allocator, 1L));
    }

    /** The {@code OrtMemoryInfo*} of its memory. */
    MemorySegment info() {
        return info;
    }

    /**
     * Takes memory, and fills it with zeros: what no sequence has written may be multiplied by 0, and must be a number.
     *
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    @SuppressWarnings("restricted")
    MemorySegment allocate(long bytes) {
        if (bytes == 0) {
            return nothing;
        }
        return inTurn(() -> {
            MemorySegment memory = api.create(ALLOCATE, allocator, bytes);
            if (cuda) {
                CudaCopies.zero(memory.address(), bytes);
            } else {
                memory.reinterpret(bytes).fill((byte) 0);
            }
            return memory;
        });
    }

    /** Gives memory back. */
    void free(MemorySegment memory) {
        if (memory.equals(nothing)) {
            return;
        }
        inTurn(() -> {
            api.call(FREE, allocator, memory);
            return null;
        });
    }

    /**
     * Copies the beginnings of rows.
     *
     * @param rows how many
     * @param rowBytes bytes of each that are copied
     */
    @SuppressWarnings("restricted")
    void copy(Place from, Place to, int rows, long rowBytes) {
        if (cuda) {
            inTurn(() -> {
                CudaCopies.onDevice(from, to, rows, rowBytes);
                return null;
            });
            return;
        }
        MemorySegment memory = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(
                    memory, from.address() + row * from.pitch(), memory, to.address() + row * to.pitch(), rowBytes);
        }
    }

    private <T> T inTurn(Supplier<T> call) {
        if (!cuda) {
            return call.get();
        }
        CudaTurns.shared().lock();
        try {
            return call.get();
        } finally {
            CudaTurns.shared().unlock();
        }
    }

    @Override
    public void close() {
        inTurn(() -> {
            api.call(FREE, allocator, nothing);
            return null;
        });
        api.release(RELEASE_ALLOCATOR, allocator);
        api.release(RELEASE_MEMORY_INFO, info);
    }
}
