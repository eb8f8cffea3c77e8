package dev.headroom.request;

import java.time.Duration;

/**
 * Where the time of an answered item went.
 *
 * @param prepare from its admission until it was tokenised or decoded
 * @param queue until its batch closed
 * @param run until the device had run it, collation and whatever it waited for there included
 * @param read until its answer had been read from the output
 * @param batch items of the batch that it ran in
 */
public record Timing(Duration prepare, Duration queue, Duration run, Duration read, int batch) {

    /** All of it. */
    public Duration total() {
        return prepare.plus(queue).plus(run).plus(read);
    }
}
