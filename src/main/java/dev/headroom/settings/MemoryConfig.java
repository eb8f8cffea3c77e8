package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The memory of the device. */
public interface MemoryConfig {

    /**
     * The most that this process may take of the device. On a CPU it caps ONNX Runtime's arena, so that a batch fails
     * and is halved before the kernel would kill the process. On a GPU it covers all models together, and CUDA's own
     * context and workspaces.
     *
     * @return unless set, the free memory less the reserved
     */
    Optional<MemorySize> limit();

    /**
     * The memory to leave free on the device.
     *
     * @return unless set, 2 GiB for CUDA on a GPU, 128 MiB for the process on a CPU
     */
    Optional<MemorySize> reserved();

    /**
     * The share of the available memory that the largest batch may fill, above 0 and at most 1. Once the model is
     * measured, it is the share of what the model leaves.
     */
    @WithDefault("0.80")
    double target();
}
