package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.PlanRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
     * The outcome of trying CUDA on all GPUs.
     *
     * @param working those that work, with the memory free now, the one with the least first
     * @param overhead the memory that CUDA takes of each of them
     * @param failed why each of the others does not work
     */
    private record Trial(List<Gpu> working, Map<Integer, CudaOverhead> overhead, Map<Gpu, CudaTrial> failed) {}

    /**
     * Selects the device, or all GPUs that work.
     *
     * @throws PlanRefusedException when a GPU is asked for and none works
     */
    public Choice select(Cuda cuda) {
        return switch (mode) {
            case CPU -> cpu("headroom.device is cpu.");
            case AUTO ->
                hardware.gpus().isEmpty() ? cpu("No GPU was found: " + probed() + ".") : gpusOrCpu(trial(cuda));
            case GPU -> {
                if (hardware.gpus().isEmpty()) {
                    CudaTrial only = cuda.trial(0);
                    only.defect().ifPresent(defect -> refuse(defect, only.full()));
                    yield unmeasuredGpu(only.overhead());
                }
                Trial trial = trial(cuda);
                if (trial.working.isEmpty()) {
                    refuse(reasons(trial), trial.failed.values().stream().anyMatch(CudaTrial::full));
                }
                yield gpus(trial);
            }
        };
    }

    private Trial trial(Cuda cuda) {
        Map<Gpu, CudaTrial> failed = new LinkedHashMap<>();
        List<Gpu> working = new ArrayList<>();
        Map<Integer, CudaOverhead> overhead = new HashMap<>();
        for (Gpu gpu : visible()) {
            CudaTrial trial = cuda.trial(gpu.index());
            if (trial.defect().isPresent()) {
                failed.put(gpu, trial);
            } else {
                working.add(trial.freeBytes().map(gpu::free).orElse(gpu));
                overhead.put(gpu.index(), trial.overhead());
            }
        }
        working.sort(Comparator.comparingLong(gpu -> gpu.memory().freeBytes()));
        return new Trial(working, overhead, failed);
    }

    /** The GPUs that CUDA shows this process: of several MIG slices it shows one. */
    public List<Gpu> visible() {
        List<Gpu> gpus = hardware.gpus();
        return gpus.stream().anyMatch(Gpu::mig) ? gpus.subList(0, 1) : gpus;
    }

    private static String reasons(Trial trial) {
        return trial.failed.values().stream()
                .flatMap(failure -> failure.defect().stream())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private Choice gpusOrCpu(Trial trial) {
        if (!trial.working.isEmpty()) {
            return gpus(trial);
        }
        String found = trial.failed.size() == 1
                ? hardware.gpus().getFirst().name() + " was"
                : trial.failed.size() + " GPUs were";
        return cpu("%s found, but CUDA does not work here: %s.".formatted(found, reasons(trial)));
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

    private static Choice gpus(Trial trial) {
        Gpu smallest = trial.working.getFirst();
        String capability = trial.working.stream()
                .map(Gpu::computeCapability)
                .min(Comparator.comparingDouble(PrecisionRule::capability))
                .orElseThrow();
        ServingDevice device = serving(trial, smallest, capability, reason(trial));
        Map<Integer, ServingDevice> unlike = trial.working.stream()
                .filter(gpu -> !gpu.name().equals(smallest.name()))
                .collect(Collectors.toMap(
                        Gpu::index,
                        gpu -> serving(
                                trial,
                                gpu,
                                gpu.computeCapability(),
                                "CUDA works on it; it differs from the one of the plan.")));
        return new Choice(device, trial.working, unlike);
    }

    /** The most that CUDA takes of any GPU like this one. */
    private static CudaOverhead overhead(Trial trial, Gpu like) {
        return trial.working.stream()
                .filter(gpu -> gpu.name().equals(like.name()))
                .map(gpu -> trial.overhead.get(gpu.index()))
                .reduce(CudaOverhead.NONE, CudaOverhead::most);
    }

    private static ServingDevice serving(Trial trial, Gpu gpu, String capability, String reason) {
        return new ServingDevice(
                true,
                gpu.name(),
                capability,
                gpu.memory().totalBytes(),
                gpu.memory().freeBytes(),
                overhead(trial, gpu),
                trial.working.size(),
                reason);
    }

    private static String reason(Trial trial) {
        Gpu smallest = trial.working.getFirst();
        String memory = smallest.unifiedMemory()
                ? "it shares the host's memory."
                : "other processes use %s of it."
                        .formatted(Bytes.text(smallest.memory().usedBytes()));
        String works = trial.working.size() == 1
                ? "CUDA works on it; " + memory
                : "CUDA works on %d GPUs, and a batch goes to any that is free: the plan is for the one with the least memory free, %s; %s"
                        .formatted(trial.working.size(), smallest.label(), memory);
        return works
                + trial.failed.entrySet().stream()
                        .map(failure -> " CUDA does not work on %s: %s."
                                .formatted(
                                        failure.getKey().label(),
                                        failure.getValue().defect().orElseThrow()))
                        .collect(Collectors.joining());
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
