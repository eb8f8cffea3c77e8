package dev.headroom.batch;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether a forming batch closes now.
 *
 * @param longest the longest that the oldest item waits
 * @param settling how long after the last arrival a burst may still go on
 */
record BatchWindow(Duration longest, Duration settling) {

    /**
     * A forming batch, seen while the device is free.
     *
     * @param full true if the items fill it
     * @param arriving the number of items that are being tokenised or decoded
     * @param gathered true if as many items are here, on the device included, as lately were at a time
     * @param oldestWait how long its oldest item has waited
     * @param lastWait how long the latest item has waited
     */
    record Forming(boolean full, int arriving, boolean gathered, Duration oldestWait, Duration lastWait) {}

    /** The reason to close now; empty where it is worth waiting. */
    Optional<CloseReason> close(Forming batch) {
        if (batch.full()) {
            return Optional.of(CloseReason.FULL);
        }
        if (batch.arriving() == 0 && (batch.gathered() || batch.lastWait().compareTo(settling) >= 0)) {
            return Optional.of(CloseReason.IDLE);
        }
        return batch.oldestWait().compareTo(longest) >= 0 ? Optional.of(CloseReason.WINDOW) : Optional.empty();
    }

    /** How long to wait for another item. */
    Duration remaining(Forming batch) {
        Duration window = longest.minus(batch.oldestWait());
        Duration settled = settling.minus(batch.lastWait());
        return batch.arriving() > 0 || window.compareTo(settled) < 0 ? window : settled;
    }
}
