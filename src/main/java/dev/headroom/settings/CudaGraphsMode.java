package dev.headroom.settings;

/** Whether frequent shapes of batches run as CUDA graphs. */
public enum CudaGraphsMode {
    /** Each batch launches its kernels one by one. */
    OFF,
    /** The launches of a frequent shape are recorded once, and launched together from then on. */
    ON
}
