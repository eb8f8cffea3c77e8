package dev.headroom.function.body;

import dev.headroom.function.RequestEnd;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Where a body is read: a small one on the thread that received it, because handing it over would cost more; a larger one on
 * a virtual thread; one above 64 KB on a few threads of their own, so that texts need not wait for it. The request's memory is held
 * until it has been read, also where its caller has gone.
 */
public final class BodyThread {

    /** Bytes. */
    private static final int SMALL = 2048;

    private static final int READERS = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

    /** Of the operating system: virtual ones share the cores, and one that reads for long gives its core to no other. */
    private static final ThreadPoolExecutor LARGE = new ThreadPoolExecutor(
            READERS,
            READERS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(), // of bodies, for which there is memory
            Thread.ofPlatform().daemon().name("headroom-reader-", 0).factory());

    static {
        LARGE.allowCoreThreadTimeOut(true);
    }

    private BodyThread() {}

    /** Runs what reads the request's body, within the room that it is given; what it throws fails the request. */
    public static void read(RoutingContext context, Consumer<ParseMemory> reading) {
        int bytes = Math.max(0, context.body().length());
        if (bytes <= SMALL) {
            run(context, reading, ParseMemory.uncounted());
        } else if (RequestMemory.Share.of(context).retain()) {
            Executor thread = bytes > ParseMemory.SMALL ? LARGE : Thread::startVirtualThread;
            thread.execute(() -> readLarge(context, reading, bytes));
        }
    }

    private static void readLarge(RoutingContext context, Consumer<ParseMemory> reading, int bytes) {
        try (ParseMemory room = ParseMemory.of(bytes, () -> RequestEnd.isOver(context))) {
            if (!RequestEnd.isOver(context)) {
                run(context, reading, room);
            }
        } finally {
            RequestMemory.Share.of(context).release();
        }
    }

    private static void run(RoutingContext context, Consumer<ParseMemory> reading, ParseMemory room) {
        try {
            reading.accept(room);
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
