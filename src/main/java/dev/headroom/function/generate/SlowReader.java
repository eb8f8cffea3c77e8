package dev.headroom.function.generate;

import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.AnswerSent;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A caller that has not taken what was written. It loses the connection after a time. The connection's event loop calls. */
final class SlowReader {

    private final RoutingContext context;
    private final Duration longest;
    private final Runnable read;
    private Future<?> cutting;

    /** @param read runs each time that the caller has taken most of it */
    SlowReader(RoutingContext context, Duration longest, Runnable read) {
        this.context = context;
        this.longest = longest;
        this.read = read;
    }

    /** Nothing more can be written for now. */
    void await() {
        if (cutting == null) {
            cutting = RequestEnd.loop(context).schedule(this::cut, longest.toNanos(), TimeUnit.NANOSECONDS);
            context.response().drainHandler(drained -> taken());
        }
    }

    private void taken() {
        if (cutting != null) {
            cutting.cancel(false);
            cutting = null;
            read.run();
        }
    }

    /** Ends the connection, or in HTTP/2 the stream. */
    void cut() {
        if (!RequestEnd.isOver(context)) {
            AnswerSent.cutOff(context);
        }
    }
}
