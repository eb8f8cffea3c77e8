package dev.headroom.dispatcher;

import java.time.Duration;
import java.util.Optional;

/** The outcome of sending an event once. */
sealed interface Outcome {

    /** The status of what never was answered, as Knative has it in a dead letter. */
    int NO_ANSWER = 500;

    /** It was handled, and answered by another event. */
    record Replied(CloudEvent reply) implements Outcome {}

    /** It was handled without a reply. */
    record Handled(int status) implements Outcome {}

    /**
     * It was not handled.
     *
     * @param status the answer's, or what Knative makes of it; {@link #NO_ANSWER} where there was none
     * @param retryAfter what the answer asked for
     * @param body the answer's, or why there was none
     */
    record Failed(int status, Optional<Duration> retryAfter, String body) implements Outcome {

        static Failed unanswered(String reason) {
            return new Failed(NO_ANSWER, Optional.empty(), reason);
        }
    }
}
