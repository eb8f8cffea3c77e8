package dev.headroom.plan;

import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.List;
import java.util.Optional;

/** A device with what it serves and how. */
record PlanCase(ServingDevice device, MemorySettings memory, List<ModelDemand> models) {

    List<ModelPlan> plans() {
        return planner(device).plan(models);
    }

    /** Empty where it is refused; no other exception may come of any case. */
    Optional<List<ModelPlan>> answer() {
        try {
            return Optional.of(plans());
        } catch (PlanRefusedException e) {
            return Optional.empty();
        }
    }

    Planner planner(ServingDevice on) {
        return new Planner(on, new Planner.Host(4, 8L << 30), memory);
    }

    PlanCase with(long moreTotal, long moreFree) {
        long total = device.totalBytes() + moreTotal;
        long free = Math.min(total, device.freeBytes() + moreFree);
        return new PlanCase(
                new ServingDevice(device.gpu(), device.name(), device.computeCapability(), total, free, ""),
                memory,
                models);
    }

    /** The device's memory, or the limit. */
    long totalBytes() {
        return planner(device).totalBytes();
    }

    /** Whether {@code headroom.memory.limit} is less than what could be taken without it. */
    boolean limited() {
        long reserved = memory.reserved()
                .map(MemorySize::asLongValue)
                .orElse(device.gpu() ? MemoryBudget.CUDA_RESERVED : MemoryBudget.PROCESS_RESERVED);
        return memory.limit()
                .filter(limit -> limit.asLongValue() < device.freeBytes() - reserved)
                .isPresent();
    }

    long othersBytes(ModelDemand model) {
        return models.stream()
                .filter(other -> other != model)
                .mapToLong(ModelDemand::baseBytes)
                .sum();
    }
}
