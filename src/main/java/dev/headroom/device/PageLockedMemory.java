package dev.headroom.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;

/**
 * Page-locked memory of the host, from which a GPU copies without the driver's own copy in between
 * (CUDA C Best Practices Guide, "Pinned Memory"). Every GPU of the process may use it. Any thread may call these methods.
 */
public final class PageLockedMemory {

    private static final Map<Long, Pointer> ALLOCATED = new ConcurrentHashMap<>();

    private PageLockedMemory() {}

    /**
     * A direct buffer of page-locked memory; its content is undefined. Empty where the CUDA runtime or its Java binding is
     * missing, or where the host has no memory to lock.
     */
    public static Optional<ByteBuffer> allocate(int bytes) {
        CudaTurns.shared().lock();
        try {
            Pointer memory = new Pointer();
            if (cudart.cudaHostAlloc(memory, bytes, cudart.cudaHostAllocPortable) != cudart.cudaSuccess) {
                cudart.cudaGetLastError(); // clears the error, which ONNX Runtime would take for its own
                return Optional.empty();
            }
            ALLOCATED.put(memory.address(), memory);
            return Optional.of(memory.capacity(bytes).asByteBuffer());
        } catch (LinkageError e) {
            return Optional.empty();
        } finally {
            CudaTurns.shared().unlock();
        }
    }

    /** Frees a buffer; does nothing for one that is not page-locked. No batch may use the buffer any more. */
    public static void free(ByteBuffer buffer) {
        Pointer memory = ALLOCATED.remove(MemorySegment.ofBuffer(buffer.clear()).address());
        if (memory == null) {
            return;
        }
        CudaTurns.shared().lock();
        try {
            cudart.cudaFreeHost(memory);
        } finally {
            CudaTurns.shared().unlock();
        }
    }
}
