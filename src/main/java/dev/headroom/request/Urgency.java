package dev.headroom.request;

import java.time.Duration;
import java.util.Optional;

/**
 * How urgent a request is to its caller, and who follows it. It goes with the request from its door to its items.
 *
 * @param priority which items go first
 * @param deadline how long the caller waits; empty if it does not say
 * @param trace is told what happens to the request
 */
public record Urgency(Priority priority, Optional<Duration> deadline, RequestTrace trace) {

    private static final Duration LEAST = Duration.ofMillis(1);

    /** The urgency if the caller does not say. */
    public static final Urgency INTERACTIVE = new Urgency(Priority.INTERACTIVE, Optional.empty());

    /** The urgency of a request that nobody follows. */
    public Urgency(Priority priority, Optional<Duration> deadline) {
        this(priority, deadline, RequestTrace.NONE);
    }

    /** The urgency of what is left of a request that has waited so long: at least 1 ms of its deadline. */
    public Urgency after(Duration waited) {
        return new Urgency(
                priority,
                deadline.map(time -> time.minus(waited)).map(left -> left.compareTo(LEAST) < 0 ? LEAST : left),
                trace);
    }
}
