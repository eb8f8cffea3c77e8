package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.Optional;

/**
 * The memory of the device that a model may fill.
 *
 * @param totalBytes the device's memory, or {@code headroom.memory.limit} where that is less
 * @param available what all models together may take
 * @param othersBytes what the other models take of it
 * @param target the share of the rest that the largest batch may fill, the model included
 */
public record MemoryBudget(long totalBytes, Available available, long othersBytes, double target) {

    /** Above this share of the device an out-of-memory error is to be expected. */
    public static final double RISK = 0.90;

    /** Below this share at full batches the device is larger than it need be. */
    public static final double UNDER_USE = 0.60;

    static final long CUDA_RESERVED = 2L << 30;
    static final long PROCESS_RESERVED = 128L << 20;

    /**
     * What can be taken of the device.
     *
     * @param bytes {@code free - reserved}, or {@code headroom.memory.limit} where that is less
     * @param limited whether it is the limit
     * @param terms how it came about
     */
    record Available(long bytes, boolean limited, String terms) {}

    static MemoryBudget of(ServingDevice device, HeadroomConfig.Memory config) {
        double target = config.target();
        if (!(target > 0 && target <= 1)) {
            throw new PlanRefusedException("headroom.memory.target is " + target
                    + ": it is a share of the device's memory; set it above 0 and at most 1 (default 0.80).");
        }
        long limit = Settings.bytes("headroom.memory.limit", config.limit()).orElse(Long.MAX_VALUE);
        return new MemoryBudget(
                Math.min(limit, device.totalBytes()), available(device, config.reserved(), limit), 0, target);
    }

    private static Available available(ServingDevice device, Optional<MemorySize> set, long limit) {
        long reserved =
                Settings.bytes("headroom.memory.reserved", set).orElse(device.gpu() ? CUDA_RESERVED : PROCESS_RESERVED);
        long rest = Math.max(0, device.freeBytes() - reserved);
        return limit < rest
                ? new Available(limit, true, Bytes.text(limit) + " of headroom.memory.limit")
                : new Available(
                        rest,
                        false,
                        "%s free - %s reserved".formatted(Bytes.text(device.freeBytes()), Bytes.text(reserved)));
    }

    /** The same beside other models. */
    MemoryBudget without(long bytes) {
        return new MemoryBudget(totalBytes, available, bytes, target);
    }

    /** What is there for the model. */
    long availableBytes() {
        return Math.max(0, available.bytes - othersBytes);
    }

    /** How {@link #availableBytes} came about. */
    String terms() {
        return othersBytes == 0
                ? available.terms
                : "%s - %s of other models".formatted(available.terms, Bytes.text(othersBytes));
    }

    /** What the largest batch may fill, the model included, as long as nothing has been measured. */
    long bytes() {
        return (long) Math.min(target * availableBytes(), belowRisk(totalBytes));
    }

    /**
     * What the largest batch may fill, the model included, once it has been measured what that takes: the target share of
     * the rest, because a model that is there does not vary.
     */
    long bytes(long measuredBaseBytes) {
        long rest = Math.max(0, availableBytes() - measuredBaseBytes);
        return Math.max(bytes(), (long) Math.min(measuredBaseBytes + target * rest, belowRisk(available.bytes)));
    }

    private double belowRisk(long allBytes) {
        return Math.max(0, RISK * allBytes - othersBytes);
    }

    /** How {@link #bytes()} came about. */
    String reason() {
        return bytes() < (long) (target * availableBytes())
                ? "%s = %.2f x %s - %s of other models: above it the device runs out of memory"
                        .formatted(Bytes.text(bytes()), RISK, Bytes.text(totalBytes), Bytes.text(othersBytes))
                : "%s = %.2f x (%s)".formatted(Bytes.text(bytes()), target, terms());
    }

    /** How {@link #bytes(long)} came about. */
    String reason(long measuredBaseBytes) {
        return bytes(measuredBaseBytes) == bytes()
                ? reason()
                : "%s = at most %.2f x (%s - %s for the model) beside the model, and %.2f of all"
                        .formatted(
                                Bytes.text(bytes(measuredBaseBytes)),
                                target,
                                Bytes.text(availableBytes()),
                                Bytes.text(measuredBaseBytes),
                                RISK);
    }
}
