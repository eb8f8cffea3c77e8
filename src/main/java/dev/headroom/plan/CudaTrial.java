package dev.headroom.plan;

import java.util.Optional;

/**
 * The outcome of trying CUDA on one GPU.
 *
 * @param defect the reason why it does not work; empty when it works
 * @param full true if it does not work because the GPU's memory is taken
 * @param freeBytes bytes that CUDA can allocate there; empty where CUDA does not tell
 * @param overhead the memory that CUDA takes of it
 */
public record CudaTrial(Optional<String> defect, boolean full, Optional<Long> freeBytes, CudaOverhead overhead) {

    /** A GPU on which CUDA works. */
    public static CudaTrial works(Optional<Long> freeBytes, CudaOverhead overhead) {
        return new CudaTrial(Optional.empty(), false, freeBytes, overhead);
    }

    /** A GPU on which CUDA does not work. */
    public static CudaTrial fails(String defect, boolean full) {
        return new CudaTrial(Optional.of(defect), full, Optional.empty(), CudaOverhead.NONE);
    }
}
