package dev.headroom.batch;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether a forming batch closes now.
 *
 * @param longest longest that the oldest item waits
 */
record BatchWindow(Duration longest) {

    /**
     * A forming batch, seen while the device is free.
     *
     * @param full whether it can take no more
     * @param arriving items that are being tokenised or decoded
     * @param oldestWait how long its oldest item has waited
     */
    record Forming(boolean full, int arriving, Duration oldestWait) {}

    /** Why it closes now; empty when it is worth waiting. */
    Optional<CloseReason> close(Forming batch) {
        if (batch.full()) {
            return Optional.of(CloseReason.FULL);
        }
        if (batch.arriving() == 0) {
            return Optional.of(CloseReason.IDLE);
        }
        return remaining(batch).isPositive() ? Optional.empty() : Optional.of(CloseReason.WINDOW);
    }

    /** How much of the window is left. */
    Duration remaining(Forming batch) {
        return longest.minus(batch.oldestWait());
    }
}
