package dev.headroom.function;

import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * Where a body is read: a small one on the thread that received it, because handing it over would cost more; a large one on
 * a virtual thread, which may wait for room. The request's memory is held until it has been read, also where its caller has gone.
 */
public final class BodyThread {

    /** Bytes. */
    private static final int SMALL = 2048;

    private BodyThread() {}

    /** Runs what reads the request's body, within the room that it is given; what it throws fails the request. */
    public static void read(RoutingContext context, Consumer<ReadingRoom> reading) {
        int bytes = Math.max(0, context.body().length());
        if (bytes <= SMALL) {
            run(context, reading, ReadingRoom.uncounted());
        } else if (RequestMemory.Share.of(context).retain()) {
            Thread.startVirtualThread(() -> readLarge(context, reading, bytes));
        }
    }

    private static void readLarge(RoutingContext context, Consumer<ReadingRoom> reading, int bytes) {
        try (ReadingRoom room = ReadingRoom.of(bytes, () -> RequestEnd.isOver(context))) {
            run(context, reading, room);
        } finally {
            RequestMemory.Share.of(context).release();
        }
    }

    private static void run(RoutingContext context, Consumer<ReadingRoom> reading, ReadingRoom room) {
        try {
            reading.accept(room);
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
