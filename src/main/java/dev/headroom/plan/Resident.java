package dev.headroom.plan;

import java.time.Duration;

/**
 * A model as {@link Residency} sees it. All times are in nanoseconds, by one clock.
 *
 * @param name the model's name
 * @param state its state
 * @param baseBytes what it takes of the device without a batch
 * @param batchBytes what the smallest batches that are worth running take beside it, one in each lane
 * @param pinned true if it is never closed once it is open
 * @param busy true while requests to it are under way
 * @param openedNanos when it was opened; of one that is open
 * @param usedNanos when the last request to it came
 * @param rate the requests to it a second, over the last of them and the time since
 * @param wantedNanos when the oldest request came that waits for its opening; of one that is wanted
 * @param opening how long its opening takes
 */
public record Resident(
        String name,
        State state,
        long baseBytes,
        long batchBytes,
        boolean pinned,
        boolean busy,
        long openedNanos,
        long usedNanos,
        double rate,
        long wantedNanos,
        Duration opening) {

    /** The state of a model. */
    public enum State {
        /** Closed, and no request waits for it. */
        CLOSED,
        /** Closed, and to be opened. */
        WANTED,
        /** Open. */
        OPEN
    }

    /** A turn is so many times longer than the opening, so that opening takes a fifth of the time at most. */
    private static final int OPENINGS_OF_A_TURN = 4;

    private static final Duration SHORTEST_TURN = Duration.ofSeconds(2);

    /** A model that was not used for this part of a turn gives it up. */
    private static final int PARTS_OF_A_TURN = 4;

    /** Any busy model is worth more than all others. */
    private static final double BUSY = 1e9;

    /** The time for which a model that was opened stays, if it is used. */
    public Duration turn() {
        Duration turn = opening.multipliedBy(OPENINGS_OF_A_TURN);
        return turn.compareTo(SHORTEST_TURN) > 0 ? turn : SHORTEST_TURN;
    }

    /** The time until which it stays: the end of its turn, or earlier if no request comes. */
    long stayEnd() {
        long turn = turn().toNanos();
        long end = openedNanos + turn;
        return busy ? end : Math.min(end, Math.max(openedNanos, usedNanos) + turn / PARTS_OF_A_TURN);
    }

    /** True if it may be closed for another model at this moment. */
    boolean gives(long now) {
        return !pinned && stayEnd() <= now;
    }

    /** The requests a second that its closing is expected to cost. */
    double worth(long now) {
        return rate + (busy ? BUSY : 0);
    }
}
