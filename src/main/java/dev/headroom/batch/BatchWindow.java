package dev.headroom.batch;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether a forming batch closes now.
 *
 * @param longest longest that the oldest item waits
 * @param settling how long after the last arrival another one may still come of a burst
 */
record BatchWindow(Duration longest, Duration settling) {

    /**
     * A forming batch, seen while the device is free.
     *
     * @param full whether enough waits to fill it
     * @param arriving items that are being tokenised or decoded
     * @param gathered whether as many items are here, on the device included, as lately were at a time
     * @param oldestWait how long its oldest item has waited
     * @param lastWait how long the last that arrived has
     */
    record Forming(boolean full, int arriving, boolean gathered, Duration oldestWait, Duration lastWait) {}

    /** Why it closes now; empty when it is worth waiting. */
    Optional<CloseReason> close(Forming batch) {
        if (batch.full()) {
            return Optional.of(CloseReason.FULL);
        }
        if (batch.arriving() == 0 && (batch.gathered() || batch.lastWait().compareTo(settling) >= 0)) {
            return Optional.of(CloseReason.IDLE);
        }
        return batch.oldestWait().compareTo(longest) >= 0 ? Optional.of(CloseReason.WINDOW) : Optional.empty();
    }

    /** How long to wait before looking again, unless something arrives. */
    Duration remaining(Forming batch) {
        Duration window = longest.minus(batch.oldestWait());
        Duration settled = settling.minus(batch.lastWait());
        return batch.arriving() > 0 || window.compareTo(settled) < 0 ? window : settled;
    }
}
