package dev.headroom.function.generate;

import java.time.Duration;

/**
 * Limits of a stream.
 *
 * @param keepAlive after this time without an event a comment goes out, so that no proxy takes the connection for dead
 * @param longestUnread the time after which a connection is cut on which nothing was taken
 * @param mostWaiting the most that may be told and not yet be written
 */
record StreamLimits(Duration keepAlive, Duration longestUnread, int mostWaiting) {

    /** The limits of a service whose callers have so much time to read. */
    static StreamLimits of(Duration longestUnread) {
        return new StreamLimits(Duration.ofSeconds(10), longestUnread, 16_384);
    }
}
