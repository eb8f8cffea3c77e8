package dev.headroom.batch;

import java.time.Duration;

/**
 * What has to be done for a request's items before they are ready for the device, where that takes long.
 *
 * @param ahead how long what is before them should take
 * @param own how long they should take after that, all of them
 * @param most how long both may take
 */
public record Lead(Duration ahead, Duration own, Duration most) {

    /** Of items that take no time to be made ready. */
    public static final Lead NONE = new Lead(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** When the last of the items should be ready. */
    Duration expected() {
        return ahead.plus(own);
    }
}
