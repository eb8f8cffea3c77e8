package dev.headroom.dispatcher;

import java.time.Duration;
import java.util.Optional;

/**
 * The {@code delivery} of a trigger, with Knative's meaning of each field.
 *
 * @param retry how often an event is sent again before it goes to the dead letter sink
 * @param policy how the pauses grow
 * @param backoffDelay what they grow from
 * @param backoffMax longest pause; empty: exponential ones reach days
 * @param retryAfterMax longest wait that a subscriber's {@code Retry-After} brings about; empty: it is ignored, as long as
 *     the feature {@code delivery-retryafter} is not stable
 */
record DeliverySpec(
        int retry,
        BackoffPolicy policy,
        Duration backoffDelay,
        Optional<Duration> backoffMax,
        Optional<Duration> retryAfterMax) {

    /** Beyond this doubling more would not fit a number of nanoseconds. */
    private static final int MOST_DOUBLINGS = 30;

    /** The growth of the pauses with the number of retries before, which is 0 at first. */
    enum BackoffPolicy {
        LINEAR,
        EXPONENTIAL
    }

    /** True if an answer of this status is retried. */
    static boolean retries(int status) {
        return status >= 500 || status == 404 || status == 408 || status == 409 || status == 429;
    }

    /**
     * The pause before the next try.
     *
     * @param retries how many there were before, 0 at first
     * @param failure what came of the last try
     */
    Duration pause(int retries, Outcome.Failed failure) {
        Duration backoff = policy == BackoffPolicy.LINEAR
                ? backoffDelay.multipliedBy(retries)
                : backoffDelay.multipliedBy(1L << Math.min(retries, MOST_DOUBLINGS));
        Duration paused = backoffMax.filter(most -> most.compareTo(backoff) < 0).orElse(backoff);
        return asked(failure).filter(wait -> wait.compareTo(paused) > 0).orElse(paused);
    }

    private Optional<Duration> asked(Outcome.Failed failure) {
        boolean heeded = failure.status() == 429 || failure.status() == 503;
        return heeded
                ? retryAfterMax.flatMap(
                        most -> failure.retryAfter().map(wait -> wait.compareTo(most) < 0 ? wait : most))
                : Optional.empty();
    }
}
