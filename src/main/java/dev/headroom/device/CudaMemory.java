package dev.headroom.device;

import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;

/** The memory of a GPU as CUDA sees it from this process, which is what an allocation meets. */
public final class CudaMemory {

    private CudaMemory() {}

    /**
     * Bytes that CUDA can allocate on a device, which becomes the calling thread's current one. Empty where the CUDA
     * runtime or its Java binding is not at hand; the binding comes with the build's {@code gpu} profile.
     *
     * @param index the device as CUDA counts in this process
     */
    public static Optional<Long> freeBytes(int index) {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            boolean read = cudart.cudaSetDevice(index) == cudart.cudaSuccess
                    && cudart.cudaMemGetInfo(free, total) == cudart.cudaSuccess;
            return read ? Optional.of(free.get()) : Optional.empty();
        } catch (LinkageError e) {
            return Optional.empty();
        }
    }
}
