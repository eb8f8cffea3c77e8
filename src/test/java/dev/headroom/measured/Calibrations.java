package dev.headroom.measured;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Measurements that somebody might have made. */
public final class Calibrations {

    static final long MIB = 1L << 20;
    public static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private Calibrations() {}

    /** Of a model that takes so much without a batch. */
    public static Calibration of(long baseMib, Sample... samples) {
        return new Calibration(AT, baseMib * MIB, OptionalLong.empty(), List.of(samples));
    }

    /** A batch of so many rows of a length that took so long. */
    public static Sample ran(int batch, long length, long millis) {
        return new Sample(batch, length, OptionalLong.empty(), Duration.ofMillis(millis));
    }

    /** The same with the memory that the model took meanwhile, in MiB. */
    public static Sample ran(int batch, long length, long millis, long memoryMib) {
        return new Sample(batch, length, OptionalLong.of(memoryMib * MIB), Duration.ofMillis(millis));
    }

    /** The same in bytes; nobody looked at the clock. */
    static Sample took(int batch, long length, long memoryBytes) {
        return new Sample(batch, length, OptionalLong.of(memoryBytes), Duration.ofMillis(1));
    }
}
