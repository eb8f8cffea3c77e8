package dev.headroom.worker;

import java.time.Duration;
import java.util.Optional;

/** A broker that events come from. Any thread may call. */
interface Feed {

    /** The broker's kind, for logs and meters. */
    String name();

    /** Begins to take events, and goes on until the end whatever becomes of the broker. */
    void start();

    /** Why no events come now; empty while they do. */
    Optional<String> trouble();

    /** Messages that are taken and not settled yet. */
    int inFlight();

    /** The most messages that are taken at a time, as it is now. */
    int prefetch();

    /** Takes nothing more from now on; does not wait. */
    void drain();

    /**
     * Waits until what was taken is settled, then leaves the broker. What is not settled by then goes back.
     *
     * @param most the longest wait
     */
    void end(Duration most);
}
