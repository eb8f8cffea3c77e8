package dev.headroom.function.access;

import dev.headroom.function.RequestEnd;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A body on its way.
 *
 * @param context the request's
 * @param own what runs what belongs to the request
 * @param since when its head had come, by {@link System#nanoTime}; later by as long as its clock stood
 * @param stopped when its clock was stopped; empty while it goes
 */
record IncomingBody(RoutingContext context, Context own, long since, OptionalLong stopped) {

    /** A body that the thread begins to hear now. */
    IncomingBody(RoutingContext context, long since) {
        this(context, Vertx.currentContext(), since, OptionalLong.empty());
    }

    /** The same with a clock that stands from now on: its caller cannot send, because this service does not read. */
    IncomingBody stop(long now) {
        return stopped.isPresent() ? this : new IncomingBody(context, own, since, OptionalLong.of(now));
    }

    /** The same with a clock that goes on from now on. */
    IncomingBody goOn(long now) {
        return stopped.isEmpty()
                ? this
                : new IncomingBody(context, own, since + (now - stopped.getAsLong()), OptionalLong.empty());
    }

    /** Whether nothing more will come of it. */
    boolean isOver() {
        return context.request().isEnded();
    }

    /** Answers the request, if it began before this time, and whether it did. */
    boolean cut(long latestStart, Duration limit) {
        if (stopped.isPresent() || since - latestStart >= 0) {
            return false;
        }
        refuse(ReadTimeout.failure("body", limit));
        return true;
    }

    /** Answers the request with this failure and ends its connection, or in HTTP/2 its stream. */
    void refuse(Failure failure) {
        own.runOnContext(now -> answer(failure));
    }

    private void answer(Failure failure) {
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
        RequestEnd.follow(context, this::close);
        context.fail(new RequestFailedException(failure));
    }

    private void close() {
        if (isShared()) {
            context.response().reset(Http2Error.CANCEL.code());
        } else {
            ReadWatch.of(context).part();
        }
    }

    private boolean isShared() {
        return context.request().version() == HttpVersion.HTTP_2;
    }
}
