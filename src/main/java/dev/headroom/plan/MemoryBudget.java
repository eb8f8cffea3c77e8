package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.MemoryConfig;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * The memory of the device that a model may fill.
 *
 * @param totalBytes the device's memory, or {@code headroom.memory.limit} where that is less
 * @param available what all models together may take
 * @param othersBytes what the other models take of it
 * @param target the share of the rest that the largest batch may fill, the model included
 */
public record MemoryBudget(long totalBytes, Available available, long othersBytes, double target) {

    /** The share of the device above which an out-of-memory error is to be expected. */
    public static final double RISK = 0.90;

    /** The share of the device below which full batches leave it under-used. */
    public static final double UNDER_USE = 0.60;

    static final long CUDA_RESERVED = 2L << 30;
    static final long PROCESS_RESERVED = 128L << 20;

    /**
     * The memory that all models together may take.
     *
     * @param bytes {@code free - reserved}, or {@code headroom.memory.limit} where that is less
     * @param limited true if it is the limit
     * @param terms the calculation in words
     */
    record Available(long bytes, boolean limited, String terms) {}

    /**
     * The budget of all models together.
     *
     * @param sessions how many models are open at a time
     */
    static MemoryBudget of(ServingDevice device, MemoryConfig config, int sessions) {
        long limit = config.limit().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        return new MemoryBudget(
                Math.min(limit, device.totalBytes()),
                available(
                        device,
                        reservedBytes(device.gpu(), config),
                        limit,
                        device.overhead().bytes(sessions)),
                0,
                config.target());
    }

    /** Bytes of a GPU, or of the host, that are left free. */
    public static long reservedBytes(boolean gpu, MemoryConfig config) {
        return config.reserved().map(MemorySize::asLongValue).orElse(gpu ? CUDA_RESERVED : PROCESS_RESERVED);
    }

    private static Available available(ServingDevice device, long reserved, long limit, long overheadBytes) {
        long rest = Math.max(0, device.freeBytes() - reserved);
        long limited = Math.max(0, limit - overheadBytes);
        return limited < rest
                ? new Available(limited, true, limitTerms(limit, overheadBytes))
                : new Available(
                        rest,
                        false,
                        "%s free - %s reserved".formatted(Bytes.text(device.freeBytes()), Bytes.text(reserved)));
    }

    private static String limitTerms(long limit, long overheadBytes) {
        String text = Bytes.text(limit) + " of headroom.memory.limit";
        return overheadBytes == 0 ? text : "%s - %s of CUDA's own".formatted(text, Bytes.text(overheadBytes));
    }

    /** This budget beside other models that take so many bytes. */
    MemoryBudget without(long bytes) {
        return new MemoryBudget(totalBytes, available, bytes, target);
    }

    /** Bytes for the model and its batches. */
    long availableBytes() {
        return Math.max(0, available.bytes - othersBytes);
    }

    /** The calculation of {@link #availableBytes} in words. */
    String terms() {
        return othersBytes == 0
                ? available.terms
                : "%s - %s of other models".formatted(available.terms, Bytes.text(othersBytes));
    }

    /** The most bytes for the model and its largest batch, as long as nothing has been measured. */
    long bytes() {
        return (long) Math.min(target * availableBytes(), belowRisk(totalBytes));
    }

    /**
     * The most bytes for the model and its largest batch, once the model has been measured. The target then applies to the
     * memory that the model leaves, because the size of the model does not vary.
     */
    long bytes(long measuredBaseBytes) {
        long rest = Math.max(0, availableBytes() - measuredBaseBytes);
        return Math.max(bytes(), (long) Math.min(measuredBaseBytes + target * rest, belowRisk(available.bytes)));
    }

    private double belowRisk(long allBytes) {
        return Math.max(0, RISK * allBytes - othersBytes);
    }

    /** The calculation of {@link #bytes()} in words. */
    String reason() {
        return bytes() < (long) (target * availableBytes())
                ? "%s = %.2f x %s - %s of other models: above it the device runs out of memory"
                        .formatted(Bytes.text(bytes()), RISK, Bytes.text(totalBytes), Bytes.text(othersBytes))
                : "%s = %.2f x (%s)".formatted(Bytes.text(bytes()), target, terms());
    }

    /** The calculation of {@link #bytes(long)} in words. */
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
