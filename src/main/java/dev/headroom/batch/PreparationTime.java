package dev.headroom.batch;

import java.time.Duration;

/**
 * How long a request's items need before a device can take them.
 *
 * @param ahead the expected time of the items before them
 * @param own the expected time of all of them after that
 * @param most the longest that both may take
 */
public record PreparationTime(Duration ahead, Duration own, Duration most) {

    /** Items that need no time. */
    public static final PreparationTime NONE = new PreparationTime(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** When the last of the items should be ready. */
    Duration expected() {
        return ahead.plus(own);
    }
}
