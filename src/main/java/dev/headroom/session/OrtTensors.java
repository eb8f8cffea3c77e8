package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Makes tensors of ONNX Runtime's C API over memory that outlives them. The caller releases the tensors. */
final class OrtTensors implements AutoCloseable {

    private static final int CREATE_TENSOR = 49;
    private static final int CREATE_CPU_MEMORY_INFO = 69;
    private static final int RELEASE_MEMORY_INFO = 94;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtApi api;
    private final MemorySegment device;
    private final MemorySegment host;

    /**
     * Tensors on a device and on the host.
     *
     * @param device the {@code OrtMemoryInfo*} of the device
     */
    OrtTensors(OrtApi api, MemorySegment device) {
        this.api = api;
        this.device = device;
        this.host = api.create(CREATE_CPU_MEMORY_INFO, ARENA_ALLOCATOR, DEFAULT_MEMORY);
    }

    /** A tensor in main memory; type is an {@code ONNXTensorElementDataType}. */
    MemorySegment onHost(MemorySegment memory, int type, long... shape) {
        return over(api, host, memory, type, shape);
    }

    /** A tensor on the device. */
    MemorySegment onDevice(MemorySegment memory, int type, long... shape) {
        return over(api, device, memory, type, shape);
    }

    /** A tensor over memory of this {@code OrtMemoryInfo*}. */
    static MemorySegment over(OrtApi api, MemorySegment where, MemorySegment memory, int type, long... shape) {
        try (Arena scope = Arena.ofConfined()) {
            return api.create(
                    CREATE_TENSOR,
                    where,
                    memory,
                    memory.byteSize(),
                    scope.allocateFrom(JAVA_LONG, shape.length == 0 ? new long[1] : shape),
                    (long) shape.length,
                    type);
        }
    }

    @Override
    public void close() {
        api.release(RELEASE_MEMORY_INFO, host);
    }
}
