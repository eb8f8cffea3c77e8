package dev.headroom.function.body;

import dev.headroom.function.RequestEnd;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Chooses the thread that reads a body: for a small one the thread that received it, because handing it over would cost
 * more; for a larger one a virtual thread; above 64 KB one of a few platform threads, so that texts need not wait.
 * Holds the request's memory until the body has been read, even if its caller has gone.
 */
public final class BodyThread {

    private static final int SMALL_BYTES = 2048;

    private static final int READERS = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

    /** Platform threads, because a virtual thread that reads for long would not yield its core. */
    private static final ThreadPoolExecutor LARGE = new ThreadPoolExecutor(
            READERS,
            READERS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(), // the request memory bounds it
            Thread.ofPlatform().daemon().name("headroom-reader-", 0).factory());

    static {
        LARGE.allowCoreThreadTimeOut(true);
    }

    private BodyThread() {}

    /** Runs the reader of a request's body with the memory that it may take; an exception fails the request. */
    public static void read(RoutingContext context, Consumer<ParseMemory> reader) {
        int bytes = Math.max(0, context.body().length());
        if (bytes <= SMALL_BYTES) {
            run(context, reader, ParseMemory.uncounted());
        } else if (RequestMemory.Share.of(context).retain()) {
            Executor thread = bytes > ParseMemory.SMALL ? LARGE : Thread::startVirtualThread;
            thread.execute(() -> readLarge(context, reader, bytes));
        }
    }

    private static void readLarge(RoutingContext context, Consumer<ParseMemory> reader, int bytes) {
        try (ParseMemory memory = ParseMemory.of(bytes, () -> RequestEnd.isOver(context))) {
            if (!RequestEnd.isOver(context)) {
                run(context, reader, memory);
            }
        } finally {
            RequestMemory.Share.of(context).release();
        }
    }

    private static void run(RoutingContext context, Consumer<ParseMemory> reader, ParseMemory memory) {
        try {
            reader.accept(memory);
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
