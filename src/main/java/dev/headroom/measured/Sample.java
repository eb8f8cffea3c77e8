package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * One measured batch of a calibration.
 *
 * @param batch rows in the batch
 * @param length elements of each row, such as the tokens of a text
 * @param memoryBytes memory that the model took of the device meanwhile, weights included; empty where the device only
 *     tells the most it ever held, and an earlier batch had held more
 * @param time the fastest of its runs, collation included
 */
@RegisterForReflection
public record Sample(int batch, long length, OptionalLong memoryBytes, Duration time) {

    static final int MOST_ROWS = 1 << 20;

    /** Longer than anything that is measured takes. */
    static final Duration LONGEST_TIME = Duration.ofDays(1);

    private static final long MOST_ELEMENTS = 1L << 40;

    /** More than any device has. */
    public static final long MOST_BYTES = 1L << 50;

    /** Refuses numbers that no measurement can have. */
    public Sample {
        boolean shape = batch >= 1 && batch <= MOST_ROWS && length >= 1 && length <= MOST_ELEMENTS / batch;
        boolean memory = memoryBytes.orElse(1) >= 1 && memoryBytes.orElse(1) <= MOST_BYTES;
        if (!shape || !memory || !canBe(time)) {
            throw new IllegalArgumentException(
                    "no measurement: %d x %d, %s, %s".formatted(batch, length, memoryBytes, time));
        }
    }

    /** True for a time that something measured can take. */
    static boolean canBe(Duration time) {
        return time != null && !time.isNegative() && time.compareTo(LONGEST_TIME) <= 0;
    }

    /** Padded elements: rows x length. */
    public long elements() {
        return batch * length;
    }

    /** Throughput in rows a second. */
    public double itemsPerSecond() {
        return batch / (Math.max(1, time.toNanos()) / 1e9);
    }
}
