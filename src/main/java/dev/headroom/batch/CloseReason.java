package dev.headroom.batch;

import java.util.Locale;

/** Why a batch closed. */
enum CloseReason {
    /** It reached a limit. */
    FULL,
    /** The oldest item had waited for a window. */
    WINDOW,
    /** No other item was on the way. */
    IDLE,
    /** The queue is being drained. */
    DRAIN;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
