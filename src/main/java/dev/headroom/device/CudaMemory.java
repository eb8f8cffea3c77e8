package dev.headroom.device;

import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;

/** The memory of a GPU as CUDA sees it from this process, which is what an allocation meets. */
public final class CudaMemory {

    private CudaMemory() {}

    /**
     * Bytes that CUDA can allocate on its current device. Empty where the CUDA runtime or its Java binding is not at
     * hand; both come with the build's {@code gpu} profile.
     */
    public static Optional<Long> freeBytes() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            return cudart.cudaMemGetInfo(free, total) == cudart.cudaSuccess
                    ? Optional.of(free.get())
                    : Optional.empty();
        } catch (LinkageError e) {
            return Optional.empty();
        }
    }
}
