package dev.headroom.function;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Follows an answer that has been written until the caller has taken it from the connection. One who does not in time is cut: his
 * connection is closed, or his stream where the connection has others.
 */
final class AnswerSent {

    private final Channel channel;
    private final long longestNanos;
    private final Runnable sent;

    private AnswerSent(RoutingContext context, Duration longest, Runnable sent) {
        this.channel = ((ConnectionBase) context.request().connection()).channel();
        this.longestNanos = longest.toNanos();
        this.sent = sent;
    }

    /** Runs this once the answer of the request, which has been written, has left or will not any more. */
    static void follow(RoutingContext context, Duration longest, Runnable sent) {
        AnswerSent answer = new AnswerSent(context, longest, sent);
        boolean shared = context.request().version() == HttpVersion.HTTP_2;
        int stream = shared ? context.response().streamId() : 0;
        // Behind what another thread has handed to the event loop to be written.
        answer.channel.eventLoop().execute(shared ? () -> answer.followStream(stream) : answer::followConnection);
    }

    /** What is written behind the answer has left when the answer has. */
    private void followConnection() {
        ChannelFuture behind = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (behind.isDone()) {
            sent.run();
            return;
        }
        // Vert.x closes once all has been taken, which the caller does not do: the connection ends before that hears of
        // it.
        Future<?> cut = cutLater(() -> channel.pipeline().firstContext().close());
        behind.addListener(done -> {
            cut.cancel(false);
            sent.run();
        });
    }

    private void followStream(int stream) {
        Http2Streams streams = Http2Streams.of(channel);
        if (streams.isClosed(stream)) {
            sent.run();
            return;
        }
        Future<?> cut = cutLater(() -> streams.reset(stream));
        streams.whenClosed(stream, () -> {
            cut.cancel(false);
            sent.run();
        });
    }

    private Future<?> cutLater(Runnable cut) {
        return channel.eventLoop().schedule(cut, longestNanos, TimeUnit.NANOSECONDS);
    }
}
