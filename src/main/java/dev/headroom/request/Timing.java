package dev.headroom.request;

import java.time.Duration;

/**
 * How long the phases of an answered item took.
 *
 * @param prepare from the admission until the item was tokenised or decoded
 * @param queue until its batch closed
 * @param run until the device had run it, with collation and waiting for the device
 * @param read until its answer had been read from the output
 * @param batch the number of items in its batch
 */
public record Timing(Duration prepare, Duration queue, Duration run, Duration read, int batch) {

    /** The sum of the phases. */
    public Duration total() {
        return prepare.plus(queue).plus(run).plus(read);
    }
}
