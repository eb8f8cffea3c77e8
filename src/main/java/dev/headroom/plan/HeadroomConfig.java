package dev.headroom.plan;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Everything an operator can set. An empty value means "derive it for me": {@code GET /plan} shows what was derived
 * and why. The README's table is this javadoc.
 */
@ConfigMapping(prefix = "headroom")
public interface HeadroomConfig {

    /** The folder that holds one folder for each model. Set it to where your models are mounted. */
    @WithDefault("models")
    Path models();

    /**
     * The folder in which measurements are kept for the next start. Set it to a folder that outlives the process, such as
     * a mounted volume. Unless set, they are measured anew at each start.
     */
    Optional<Path> stateDir();

    /**
     * When to measure what the device carries. {@code background} does it after the start, while nobody calls;
     * {@code startup} before the first call is taken; {@code off} leaves it at what the model's folder declares.
     */
    @WithDefault("background")
    CalibrationMode calibration();

    /**
     * Where to serve. {@code auto} takes a GPU that works, else the CPU, and says why; {@code gpu} refuses to start
     * without a working GPU; {@code cpu} never asks for one.
     */
    @WithDefault("auto")
    DeviceMode device();

    /**
     * Which file to serve of a model whose folder has one in half precision beside the other. {@code auto} takes it on a
     * GPU of compute capability 7.0 or newer; {@code full} never does: set it where half precision costs a model too much
     * of its accuracy; {@code half} does on every device. Where the file is missing that is set, the start is refused.
     */
    @WithDefault("auto")
    PrecisionMode precision();

    /** The batch that goes to the device. */
    Batch batch();

    /** What waits for the device. */
    Queue queue();

    /** The memory of the device. */
    Memory memory();

    /** Requests to admit beyond the running batch; Knative's {@code containerConcurrency}. Derived: (lanes + 1) x batch. */
    OptionalInt prefetch();

    /** Items tokenised or decoded at a time. Set it lower when the cores are shared. Derived: min(batch, cores). */
    OptionalInt workers();

    /**
     * Batches on the device at a time. Set it lower when the cores are shared, to 1 to give every batch all of them.
     * Derived: 1 on a GPU; on a CPU one for each core, or 1 where that was measured to be faster.
     */
    OptionalInt lanes();

    /** Inputs downloaded at a time. Derived: 2 x batch. */
    OptionalInt fetches();

    /**
     * How long one batch may take before its items are answered 504. Derived: 1 s + 0.1 s x batch, or four times what
     * was measured.
     */
    Optional<Duration> timeout();

    /** The batch that goes to the device. */
    interface Batch {

        /**
         * Most items in one batch. Set it only to force a size, whatever the memory: an out-of-memory error still
         * halves it. Derived: from throughput, once that is measured.
         */
        OptionalInt maxItems();

        /** Most padded elements (rows x longest row) in one batch. Derived: from throughput, once that is measured. */
        OptionalLong maxElements();

        /** Longest that an item waits for others to share its batch. Raise it for fuller batches. Default 10 ms. */
        Optional<Duration> maxWindow();
    }

    /** What waits for the device. */
    interface Queue {

        /** Items admitted and not yet answered; beyond it a request is answered 429. Derived: 64 x prefetch. */
        OptionalInt maxItems();

        /** Bytes of input admitted and not yet answered; beyond it 429. Derived: an eighth of the largest heap. */
        Optional<MemorySize> maxBytes();
    }

    /** The memory of the device. */
    interface Memory {

        /**
         * What this process may take of the device. On a CPU it caps ONNX Runtime's arena, so that a batch fails and
         * is halved where the kernel would have killed the process; on a GPU it is {@code gpu_mem_limit}. Derived on a
         * CPU: what is free, less the reserve.
         */
        Optional<MemorySize> limit();

        /** What to leave free on the device. Derived: 2 GiB for CUDA on a GPU, 128 MiB for the process on a CPU. */
        Optional<MemorySize> reserved();

        /**
         * The share of the available memory that the largest batch may fill, above 0 and at most 1; once the model is
         * measured, of what it leaves.
         */
        @WithDefault("0.80")
        double target();
    }
}
