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
 * A request's body that is arriving, with a clock for how long it takes.
 *
 * @param own the context on which the request's code runs
 * @param since when the header had arrived, by {@link System#nanoTime}, plus the time for which the clock was stopped
 * @param stopped when the clock was stopped; empty while it runs
 */
record IncomingBody(RoutingContext context, Context own, long since, OptionalLong stopped) {

    /** A body whose clock starts; the request's context calls. */
    IncomingBody(RoutingContext context, long since) {
        this(context, Vertx.currentContext(), since, OptionalLong.empty());
    }

    /** The body with its clock stopped, because the caller cannot send while this service does not read. */
    IncomingBody stop(long now) {
        return stopped.isPresent() ? this : new IncomingBody(context, own, since, OptionalLong.of(now));
    }

    /** The body with its clock running again. */
    IncomingBody goOn(long now) {
        return stopped.isEmpty()
                ? this
                : new IncomingBody(context, own, since + (now - stopped.getAsLong()), OptionalLong.empty());
    }

    /** True if nothing more will arrive. */
    boolean isOver() {
        return context.request().isEnded();
    }

    /** Refuses the request if its clock started before this time. True if it did. */
    boolean cut(long latestStart, Duration limit) {
        if (stopped.isPresent() || since - latestStart >= 0) {
            return false;
        }
        refuse(ReadTimeout.failure("body", limit));
        return true;
    }

    /** Answers the request with this failure, and closes its connection, or in HTTP/2 its stream. */
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
            ReadWatch.of(context).close();
        }
    }

    private boolean isShared() {
        return context.request().version() == HttpVersion.HTTP_2;
    }
}
