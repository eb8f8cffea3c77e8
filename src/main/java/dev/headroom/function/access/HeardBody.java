package dev.headroom.function.access;

import dev.headroom.batch.RequestFailedException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * A body on its way.
 *
 * @param context the request's
 * @param own what runs what belongs to the request
 * @param since when its head had come, by {@link System#nanoTime}
 */
record HeardBody(RoutingContext context, Context own, long since) {

    /** A body that the thread begins to hear now. */
    HeardBody(RoutingContext context, long since) {
        this(context, Vertx.currentContext(), since);
    }

    /** Whether nothing more will come of it. */
    boolean isOver() {
        return context.request().isEnded();
    }

    /** Answers the request, if it began before this time, and whether it did. */
    boolean cut(long latestStart, Duration limit) {
        if (since - latestStart >= 0) {
            return false;
        }
        own.runOnContext(now -> answer(limit));
        return true;
    }

    private void answer(Duration limit) {
        if (isOver()) {
            return;
        }
        if (context.response().headWritten()) {
            close();
            return;
        }
        if (!isShared()) {
            context.response().putHeader("Connection", "close");
        }
        context.addEndHandler(end -> close());
        context.fail(new RequestFailedException(HeardConnection.tooSlow("body", limit)));
    }

    private void close() {
        if (isShared()) {
            context.response().reset(Http2Error.CANCEL.code());
        } else {
            context.request().connection().close();
        }
    }

    private boolean isShared() {
        return context.request().version() == HttpVersion.HTTP_2;
    }
}
