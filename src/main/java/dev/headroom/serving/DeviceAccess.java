package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemoryHeld;
import dev.headroom.plan.CudaOverhead;
import dev.headroom.plan.CudaTrial;
import dev.headroom.session.CudaArena;
import dev.headroom.session.CudaCheck;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.ExecutionProvider.Cuda;
import dev.headroom.session.OrtArena;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The way of this process to one device: tries it, reads its memory, runs models on it. Any thread may call but the
 * device's own, for which calls wait.
 *
 * @param threads the threads on which every call to it is made
 * @param cuda true for a GPU; its number is then CUDA's index of it
 * @param gpu the GPU that the probe found; empty for the CPU, and for a GPU that cannot be read
 * @param memoryLimit most bytes that the process may take of it; empty where that is not limited
 * @param graphs true if frequent batches may run as CUDA graphs
 */
public record DeviceAccess(
        DeviceThreads threads, boolean cuda, Optional<Gpu> gpu, OptionalLong memoryLimit, boolean graphs) {

    /** A device without CUDA graphs. */
    DeviceAccess(DeviceThreads threads, boolean cuda, Optional<Gpu> gpu, OptionalLong memoryLimit) {
        this(threads, cuda, gpu, memoryLimit, false);
    }

    /** The CPU. */
    static DeviceAccess cpu() {
        return new DeviceAccess(new DeviceThreads(0), false, Optional.empty(), OptionalLong.empty());
    }

    /** A GPU by CUDA's index. */
    static DeviceAccess gpu(int index, Optional<Gpu> found, OptionalLong memoryLimit, boolean graphs) {
        return new DeviceAccess(new DeviceThreads(index), true, found, memoryLimit, graphs);
    }

    /** Its number among several. */
    int number() {
        return threads.number();
    }

    /** Its name among several. */
    String name() {
        return gpu.map(Gpu::label).orElse("The device");
    }

    /**
     * Tries CUDA on it.
     *
     * @param cudnn true if a model needs cuDNN
     */
    CudaTrial tryCuda(boolean cudnn) {
        long usedBefore = gpu.map(found -> found.memory().usedBytes()).orElse(0L);
        CudaCheck check = new CudaCheck(number(), cudnn, ofGpu()::usedBytes, usedBefore);
        CudaTrial trial = threads.first().call(check::run);
        if (trial.defect().isPresent()) {
            return trial;
        }
        CudaOverhead overhead = gpu.isPresent() ? trial.overhead() : CudaOverhead.ASSUMED;
        return CudaTrial.works(trial.freeBytes(), graphs ? overhead.withGraphs() : overhead);
    }

    /** Bytes of a GPU that no process holds. */
    long freeBytes() {
        return ofGpu().freeBytes();
    }

    /** The memory of the models on it, which is an arena of so many bytes, made now. */
    DeviceMemory memory(long availableBytes) {
        return threads.first()
                .call(() -> cuda ? new CudaArena(number(), availableBytes, ofGpu()) : OrtArena.cpu(availableBytes));
    }

    private DeviceMemory ofGpu() {
        return gpu.<DeviceMemory>map(GpuMemoryHeld::new).orElse(DeviceMemory.UNKNOWN);
    }

    /** The provider that runs the models on it, on a CPU with so many threads. */
    ExecutionProvider provider(int cpuThreads) {
        return cuda ? new Cuda(number(), graphs) : new Cpu(cpuThreads);
    }

    /**
     * All of it, or the limit that was set where that is less.
     *
     * @param plannedBytes the answer for a GPU whose memory cannot be read
     */
    long totalBytes(DeviceMemory memory, long plannedBytes) {
        return !cuda
                ? memory.totalBytes()
                : Math.min(
                        memoryLimit.orElse(Long.MAX_VALUE),
                        gpu.map(found -> found.memory().totalBytes()).orElse(plannedBytes));
    }

    /** The time of the last reading of {@link #usedBytes}: now, unless the driver had to be asked. */
    long readNanos(DeviceMemory memory) {
        return shared() ? memory.readNanos() : System.nanoTime();
    }

    /** True if other processes' memory counts as in use. */
    private boolean shared() {
        return cuda && memoryLimit.isEmpty();
    }

    /**
     * Its memory in use: on a GPU without a limit by any process, else by this one. Within a limit what the arena may not
     * take counts as in use, because CUDA itself takes it.
     *
     * @param totalBytes all of it
     */
    long usedBytes(DeviceMemory memory, long totalBytes) {
        if (shared()) {
            return memory.usedBytes();
        }
        return memory.heldBytes() + Math.max(0, totalBytes - memory.totalBytes());
    }
}
