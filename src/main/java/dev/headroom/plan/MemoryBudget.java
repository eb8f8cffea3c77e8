package dev.headroom.plan;

import io.quarkus.runtime.configuration.MemorySize;

/**
 * The memory that batches may fill.
 *
 * @param bytes {@code target * (free - reserved)}, or less where {@code headroom.memory.limit} says so
 * @param reason how it came about
 */
record MemoryBudget(long bytes, String reason) {

    static final long CUDA_RESERVED = 2L << 30;
    static final long PROCESS_RESERVED = 128L << 20;

    static MemoryBudget of(ServingDevice device, HeadroomConfig.Memory config) {
        double target = config.target();
        if (!(target > 0 && target <= 1)) {
            throw new PlanRefusedException("headroom.memory.target is " + target
                    + ": it is a share of the device's memory; set it above 0 and at most 1 (default 0.80).");
        }
        long reserved =
                config.reserved().map(MemorySize::asLongValue).orElse(device.gpu() ? CUDA_RESERVED : PROCESS_RESERVED);
        long available = Math.max(0, device.freeBytes() - reserved);
        long budget = (long) (target * available);
        String reason = "%s = %.2f x (%s free - %s reserved)"
                .formatted(Bytes.text(budget), target, Bytes.text(device.freeBytes()), Bytes.text(reserved));
        return config.limit()
                .map(MemorySize::asLongValue)
                .filter(limit -> limit < budget)
                .map(limit -> new MemoryBudget(limit, Bytes.text(limit) + " = headroom.memory.limit"))
                .orElse(new MemoryBudget(budget, reason));
    }
}
