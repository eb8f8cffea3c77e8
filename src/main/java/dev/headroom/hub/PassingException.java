package dev.headroom.hub;

import java.io.IOException;
import java.time.Duration;

/** A failure that may pass: a request that is repeated may succeed. */
final class PassingException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * A failure with these words.
     *
     * @param retryAfter the time that the server asks to wait; zero where it does not
     */
    PassingException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
