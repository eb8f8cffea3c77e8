package dev.headroom.function;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Semaphore;

/**
 * Where a body is read: a small one on the thread that received it, because handing it over would cost more; a large one on
 * a virtual thread, once there is room for what reading makes of it.
 */
public final class BodyThread {

    /** Bytes. */
    private static final int SMALL = 2048;

    /** JSON of nothing but brackets takes about as many times its size once it is read. */
    private static final int GROWTH = 16;

    private static final int SHARE_OF_HEAP = 4;
    private static final int UNIT = 1 << 10;
    private static final int ROOM =
            (int) Math.min(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / UNIT, Integer.MAX_VALUE);
    private static final Semaphore FREE = new Semaphore(ROOM, true);

    private BodyThread() {}

    /** Runs what reads the request's body; what it throws fails the request. */
    public static void read(RoutingContext context, Runnable reading) {
        int bytes = Math.max(0, context.body().length());
        if (bytes <= SMALL) {
            run(context, reading);
        } else {
            Thread.startVirtualThread(() -> readLarge(context, reading, bytes));
        }
    }

    private static void readLarge(RoutingContext context, Runnable reading, long bytes) {
        int units = (int) Math.min(ROOM, GROWTH * bytes / UNIT);
        FREE.acquireUninterruptibly(units);
        try {
            run(context, reading);
        } finally {
            FREE.release(units);
        }
    }

    private static void run(RoutingContext context, Runnable reading) {
        try {
            reading.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
