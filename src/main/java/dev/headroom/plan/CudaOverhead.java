package dev.headroom.plan;

/**
 * The memory that CUDA takes of a GPU in this process beside the arena of the models.
 *
 * @param contextBytes the context, with the code of the kernels that have run
 * @param sessionBytes the workspaces of cuBLAS and cuDNN, which each session has
 */
public record CudaOverhead(long contextBytes, long sessionBytes) {

    /** The overhead of a device without CUDA. */
    public static final CudaOverhead NONE = new CudaOverhead(0, 0);

    /** The overhead that is assumed where the GPU's memory cannot be read. */
    public static final CudaOverhead ASSUMED = new CudaOverhead(512L << 20, 64L << 20);

    /** CUDA loads the code of a kernel when it is launched for the first time: this much is left for that. */
    private static final long LATER_KERNELS = 32L << 20;

    /** The most that the CUDA graphs of a session are assumed to take. */
    private static final long GRAPHS = 32L << 20;

    /** The same where each session may capture CUDA graphs. */
    public CudaOverhead withGraphs() {
        return new CudaOverhead(contextBytes, sessionBytes + GRAPHS);
    }

    /** The greater of both in each part. */
    CudaOverhead most(CudaOverhead other) {
        return new CudaOverhead(Math.max(contextBytes, other.contextBytes), Math.max(sessionBytes, other.sessionBytes));
    }

    /** Bytes that are not there for the arena beside so many sessions. */
    long bytes(int sessions) {
        return equals(NONE) ? 0 : contextBytes + sessions * sessionBytes + LATER_KERNELS;
    }
}
