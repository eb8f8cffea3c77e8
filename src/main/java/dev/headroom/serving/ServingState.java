package dev.headroom.serving;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;

/** Whether the process serves: from its start, through its models' warm-up, to its drain. */
enum ServingState {
    STARTING,
    READY,
    DRAINING;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /**
     * Passes while requests are admitted.
     *
     * @throws RequestFailedException when the service starts or drains
     */
    void checkServing() {
        checkStarted();
        if (this == DRAINING) {
            throw unavailable("The service is shutting down. Try again: another instance will answer.");
        }
    }

    /**
     * Passes once the models are known.
     *
     * @throws RequestFailedException when the service starts
     */
    void checkStarted() {
        if (this == STARTING) {
            throw unavailable("The service is starting: its models are being loaded. Try again.");
        }
    }

    private static RequestFailedException unavailable(String detail) {
        return new RequestFailedException(new Failure.Unavailable(detail, RETRY_AFTER));
    }
}
