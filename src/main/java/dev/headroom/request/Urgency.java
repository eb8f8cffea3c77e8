package dev.headroom.request;

import java.time.Duration;
import java.util.Optional;

/**
 * What a caller asks of the time that its items take.
 *
 * @param priority who goes first
 * @param deadline how long the caller waits; empty where it does not say
 */
public record Urgency(Priority priority, Optional<Duration> deadline) {

    /** Of a caller that says nothing. */
    public static final Urgency INTERACTIVE = new Urgency(Priority.INTERACTIVE, Optional.empty());
}
