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

    private static final Duration LEAST = Duration.ofMillis(1);

    /** The urgency if the caller does not say. */
    public static final Urgency INTERACTIVE = new Urgency(Priority.INTERACTIVE, Optional.empty());

    /** The urgency of what is left of a request that has waited so long: at least 1 ms of its deadline. */
    public Urgency after(Duration waited) {
        return new Urgency(
                priority,
                deadline.map(time -> time.minus(waited)).map(left -> left.compareTo(LEAST) < 0 ? LEAST : left));
    }
}
