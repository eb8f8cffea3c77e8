package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.device.Gpu;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The outcome of trying CUDA on all GPUs, and the devices to plan for that follow from it.
 *
 * @param working those that work, with the memory free now, the one with the least first
 * @param overhead the memory that CUDA takes of each of them, by their indices
 * @param failed why each of the others does not work
 */
record CudaTrials(List<Gpu> working, Map<Integer, CudaOverhead> overhead, Map<Gpu, CudaTrial> failed) {

    /** Tries CUDA on these GPUs. */
    static CudaTrials of(List<Gpu> gpus, DeviceSelection.Cuda cuda) {
        Map<Gpu, CudaTrial> failed = new LinkedHashMap<>();
        List<Gpu> working = new ArrayList<>();
        Map<Integer, CudaOverhead> overhead = new HashMap<>();
        for (Gpu gpu : gpus) {
            CudaTrial trial = cuda.trial(gpu.index());
            if (trial.defect().isPresent()) {
                failed.put(gpu, trial);
            } else {
                working.add(trial.freeBytes().map(gpu::free).orElse(gpu));
                overhead.put(gpu.index(), trial.overhead());
            }
        }
        working.sort(Comparator.comparingLong(gpu -> gpu.memory().freeBytes()));
        return new CudaTrials(working, overhead, failed);
    }

    /** The reasons why GPUs do not work, each once. */
    String defects() {
        return failed.values().stream()
                .flatMap(failure -> failure.defect().stream())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    /** True if a GPU does not work because its memory is taken. */
    boolean full() {
        return failed.values().stream().anyMatch(CudaTrial::full);
    }

    /** The device of the plan, which every GPU that works can serve: the one with the least memory free. */
    ServingDevice device() {
        String capability = working.stream()
                .map(Gpu::computeCapability)
                .min(Comparator.comparingDouble(PrecisionRule::capability))
                .orElseThrow();
        return serving(working.getFirst(), capability, reason());
    }

    /** The GPUs that differ from the one of the plan, by their indices. */
    Map<Integer, ServingDevice> unlike() {
        return working.stream()
                .filter(gpu -> !gpu.name().equals(working.getFirst().name()))
                .collect(Collectors.toMap(
                        Gpu::index,
                        gpu -> serving(
                                gpu,
                                gpu.computeCapability(),
                                "CUDA works on it; it differs from the one of the plan.")));
    }

    private ServingDevice serving(Gpu gpu, String capability, String reason) {
        return new ServingDevice(
                true,
                gpu.name(),
                capability,
                gpu.memory().totalBytes(),
                gpu.memory().freeBytes(),
                overheadOf(gpu),
                working.size(),
                reason);
    }

    /** The most that CUDA takes of any GPU like this one. */
    private CudaOverhead overheadOf(Gpu like) {
        return working.stream()
                .filter(gpu -> gpu.name().equals(like.name()))
                .map(gpu -> overhead.get(gpu.index()))
                .reduce(CudaOverhead.NONE, CudaOverhead::most);
    }

    private String reason() {
        Gpu smallest = working.getFirst();
        String memory = smallest.unifiedMemory()
                ? "it shares the host's memory."
                : "other processes use %s of it."
                        .formatted(Bytes.text(smallest.memory().usedBytes()));
        String works = working.size() == 1
                ? "CUDA works on it; " + memory
                : "CUDA works on %d GPUs, and a batch goes to any that is free: the plan is for the one with the least memory free, %s; %s"
                        .formatted(working.size(), smallest.label(), memory);
        return works
                + failed.entrySet().stream()
                        .map(failure -> " CUDA does not work on %s: %s."
                                .formatted(
                                        failure.getKey().label(),
                                        failure.getValue().defect().orElseThrow()))
                        .collect(Collectors.joining());
    }
}
