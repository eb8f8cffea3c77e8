package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The opening of a model, as it was measured last on a device.
 *
 * @param bytes memory that the model took of the device
 * @param millis how long it took, its first runs included
 */
@RegisterForReflection
public record Opening(long bytes, long millis) {

    /** Refuses numbers that no opening can have. */
    public Opening {
        if (bytes < 0 || bytes > Sample.MOST_BYTES || millis < 0 || millis > Sample.LONGEST_TIME.toMillis()) {
            throw new IllegalArgumentException("no opening: %d bytes in %d ms".formatted(bytes, millis));
        }
    }
}
