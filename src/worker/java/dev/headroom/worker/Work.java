package dev.headroom.worker;

import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What working on a broker's messages takes.
 *
 * @param exchange reads a message, and waits for what becomes of it
 * @param tries how often a message is tried
 */
record Work(
        Function<Supplier<Message>, Exchanged> exchange,
        WorkerMeters meters,
        InFlight inFlight,
        Pauses pauses,
        int tries) {

    static Work of(Function<Supplier<Message>, Exchanged> exchange, WorkerMeters meters, int tries) {
        return new Work(exchange, meters, new InFlight(), new Pauses(), tries);
    }

    /** Takes nothing more, and ends the pauses. */
    void drain() {
        inFlight.drain();
        pauses.end();
    }
}
