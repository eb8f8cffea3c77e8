package dev.headroom.serving;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;

/** The state of a model of the folder. */
public enum ModelState {
    /** Not open; a request opens it. */
    CLOSED,
    /** Being opened; requests wait. */
    OPENING,
    /** Open: requests are answered. */
    OPEN,
    /** Being closed, once its admitted requests are answered; others wait. */
    CLOSING,
    /** It could not be opened; requests are refused for a while. */
    FAILED,
    /** Closed by an operator; requests are refused. */
    UNLOADED;

    /** The time for which requests are refused after a failure. */
    static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

    /** The lower-case word that is shown. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
