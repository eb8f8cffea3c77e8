package dev.headroom;

import dev.headroom.device.CudaMemory;
import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemory;
import dev.headroom.device.Hardware;
import dev.headroom.model.CpuArena;
import dev.headroom.model.DeviceThread;
import dev.headroom.model.ExecutionProvider;
import dev.headroom.model.ExecutionProvider.Cpu;
import dev.headroom.model.ExecutionProvider.Cuda;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.DeviceMemory;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.GpuMemoryHeld;
import dev.headroom.plan.HeadroomConfig;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How this process reaches the device that its models run on: selects it, opens it, reads its memory.
 *
 * @param thread the thread on which every call to it is made
 */
record DeviceAccess(DeviceThread thread, Hardware hardware, HeadroomConfig config) {

    /** The device to serve on. */
    ServingDevice select() {
        return new DeviceSelection(config.device(), hardware).select(new CudaOfThisProcess());
    }

    /** The models, with the file of each that is served on the device. */
    List<ModelSpec> served(List<ModelSpec> models, ServingDevice device) {
        PrecisionRule precision = new PrecisionRule(config.precision(), device);
        return models.stream().map(model -> model.by(precision)).toList();
    }

    /** The device's memory, which on a CPU is an arena of so many bytes, made now. */
    DeviceMemory memory(ServingDevice device, long availableBytes) {
        if (!device.gpu()) {
            return thread.call(() -> new CpuArena(availableBytes));
        }
        return gpu().<DeviceMemory>map(GpuMemoryHeld::new).orElse(DeviceMemory.UNKNOWN);
    }

    /** What runs the models on it, on a CPU with so many threads. */
    ExecutionProvider provider(ServingDevice device, int threads) {
        return device.gpu() ? new Cuda(cudaIndex(), memoryLimit()) : new Cpu(threads);
    }

    /** What is used of it: of a GPU without a limit by whomever, else by this process. */
    long usedBytes(ServingDevice device, DeviceMemory memory) {
        boolean shared = device.gpu() && memoryLimit().isEmpty();
        return shared ? gpu().flatMap(GpuMemory::of).map(GpuMemory::usedBytes).orElse(0L) : memory.heldBytes();
    }

    private OptionalLong memoryLimit() {
        return config.memory()
                .limit()
                .map(MemorySize::asLongValue)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    private Optional<Gpu> gpu() {
        return hardware.gpus().stream().findFirst();
    }

    private int cudaIndex() {
        return gpu().map(Gpu::index).orElse(0);
    }

    /** CUDA, asked on the device's thread like everything else. */
    private final class CudaOfThisProcess implements DeviceSelection.Cuda {

        @Override
        public Optional<String> defect() {
            return thread.call(() -> new Cuda(cudaIndex(), OptionalLong.empty()).defect());
        }

        @Override
        public Optional<Long> freeBytes() {
            return thread.call(() -> CudaMemory.freeBytes(cudaIndex()));
        }
    }
}
