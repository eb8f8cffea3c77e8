package dev.headroom.plan;

import java.util.Arrays;

/**
 * The batch by the size of the device alone, for models of which nothing else is known. Sizes are decimal gigabytes as
 * vendors print them. They are compared with tolerance, because a card reports less than its name says: an RTX 4090
 * reports 24,564 MiB, an A10 23,028 MiB, an H100 81,559 MiB.
 */
enum BatchTier {
    GB_80(80, 32),
    GB_48(48, 16),
    GB_24(24, 8),
    SMALLER(0, 4);

    private static final double TOLERANCE = 0.97;

    final int gigabytes;
    final int batch;

    BatchTier(int gigabytes, int batch) {
        this.gigabytes = gigabytes;
        this.batch = batch;
    }

    static BatchTier of(long totalBytes) {
        return Arrays.stream(values())
                .filter(tier -> totalBytes >= tier.gigabytes * 1e9 * TOLERANCE)
                .findFirst()
                .orElse(SMALLER);
    }
}
