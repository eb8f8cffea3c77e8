package dev.headroom.request;

import java.time.Duration;
import java.util.Optional;

/**
 * How urgent a request is to its caller.
 *
 * @param priority which items go first
 * @param deadline how long the caller waits; empty if it does not say
 */
public record Urgency(Priority priority, Optional<Duration> deadline) {

    /** The urgency if the caller does not say. */
    public static final Urgency INTERACTIVE = new Urgency(Priority.INTERACTIVE, Optional.empty());
}
