package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Selects the device that the models run on, or all GPUs that work, and gives the reason. */
public record DeviceSelection(DeviceMode mode, Hardware hardware) {

    /** The memory assumed for a GPU that the operator asks for and whose memory cannot be read. */
    private static final long UNMEASURED_GPU_BYTES = 24L << 30;

    /** CUDA on this machine. Each GPU has the index that CUDA gives it. */
    public interface Cuda {

        /** Tries CUDA on a GPU, or returns the outcome of the last time. */
        CudaTrial trial(int index);
    }

    /**
     * The selected device.
     *
     * @param device the device that the plan is for
     * @param gpus the GPUs to serve on, the one of the plan first; empty on a CPU, and where a GPU cannot be read
     * @param unlike those of the GPUs that differ from the one of the plan and have plans of their own, by their indices
     */
    public record Choice(ServingDevice device, List<Gpu> gpus, Map<Integer, ServingDevice> unlike) {

        private Choice(ServingDevice device) {
            this(device, List.of(), Map.of());
        }
    }

    /**
     * Selects the device, or all GPUs that work.
     *
     * @throws PlanRefusedException when a GPU is asked for and none works
     */
    public Choice select(Cuda cuda) {
        return switch (mode) {
            case CPU -> cpu("headroom.device is cpu.");
            case AUTO ->
                hardware.gpus().isEmpty()
                        ? cpu("No GPU was found: " + probed() + ".")
                        : gpusOrCpu(CudaTrials.of(visible(), cuda));
            case GPU -> {
                if (hardware.gpus().isEmpty()) {
                    CudaTrial only = cuda.trial(0);
                    only.defect().ifPresent(defect -> refuse(defect, only.full()));
                    yield unmeasuredGpu(only.overhead());
                }
                CudaTrials trials = CudaTrials.of(visible(), cuda);
                if (trials.working().isEmpty()) {
                    refuse(trials.defects(), trials.full());
                }
                yield gpus(trials);
            }
        };
    }

    /** The GPUs that CUDA shows this process: of several MIG slices it shows one. */
    public List<Gpu> visible() {
        List<Gpu> gpus = hardware.gpus();
        return gpus.stream().anyMatch(Gpu::mig) ? gpus.subList(0, 1) : gpus;
    }

    private Choice gpusOrCpu(CudaTrials trials) {
        if (!trials.working().isEmpty()) {
            return gpus(trials);
        }
        String found = trials.failed().size() == 1
                ? hardware.gpus().getFirst().name() + " was"
                : trials.failed().size() + " GPUs were";
        return cpu("%s found, but CUDA does not work here: %s.".formatted(found, trials.defects()));
    }

    private static Choice gpus(CudaTrials trials) {
        return new Choice(trials.device(), trials.working(), trials.unlike());
    }

    private void refuse(String defect, boolean full) {
        String remedy = full
                ? "Stop what holds the GPU's memory, show this process another GPU, or raise headroom.device-wait"
                : "Build with -Pgpu or -Pcuda13, run where an NVIDIA driver and the build's CUDA and cuDNN are, or set"
                        + " headroom.device to auto or cpu";
        throw new PlanRefusedException("headroom.device is gpu, but CUDA does not work here: %s. Probed: %s. %s."
                .formatted(defect, probed(), remedy));
    }

    private Choice unmeasuredGpu(CudaOverhead overhead) {
        ServingDevice device = new ServingDevice(
                true,
                "a GPU whose memory cannot be read",
                "",
                UNMEASURED_GPU_BYTES,
                UNMEASURED_GPU_BYTES,
                overhead,
                1,
                "headroom.device is gpu and CUDA works, but its memory could not be read (%s): %s are assumed."
                        .formatted(probed(), Bytes.text(UNMEASURED_GPU_BYTES)));
        return new Choice(device);
    }

    private Choice cpu(String reason) {
        ServingDevice device = new ServingDevice(
                false,
                "%s, %d cores"
                        .formatted(hardware.host().processor(), hardware.host().cores()),
                "",
                hardware.host().memoryBytes(),
                hardware.host().freeBytes(),
                "%s Memory: %s.".formatted(reason, hardware.host().memorySource()));
        return new Choice(device);
    }

    /** The answers of the sources that were asked for GPUs. */
    public String probed() {
        return hardware.findings().stream()
                .filter(finding -> !finding.source().equals("host"))
                .map(finding -> finding.source() + ": " + finding.reason())
                .collect(Collectors.joining("; "));
    }
}
