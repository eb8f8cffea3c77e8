package dev.headroom.function.event;

import dev.headroom.function.Problem;
import java.time.Duration;
import java.util.Optional;

/** What became of a message that asked for inference. */
public sealed interface Exchanged {

    /** It was answered, in its own mode. */
    record Answered(Message reply) implements Exchanged {}

    /** It never can be answered. */
    record Refused(Problem problem) implements Exchanged {}

    /**
     * It may be answered later.
     *
     * @param pause the time after which to try again, where that is known
     */
    record Passing(Problem problem, Optional<Duration> pause) implements Exchanged {}
}
