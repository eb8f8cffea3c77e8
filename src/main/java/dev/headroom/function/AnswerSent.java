package dev.headroom.function;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Follows the answer to a request until the caller has taken it from the connection. One who does not in time is cut: his
 * connection is closed, or his stream where the connection has others. Any thread may follow; the connection's event loop tells.
 */
public final class AnswerSent {

    private static final Logger LOG = Logger.getLogger(AnswerSent.class);

    private final Channel channel;
    private final int stream;
    private final long longestNanos;
    private final CompletableFuture<Void> sent = new CompletableFuture<>();

    private AnswerSent(RoutingContext context, Duration longest) {
        this.channel = ((ConnectionBase) context.request().connection()).channel();
        this.stream = context.request().version() == HttpVersion.HTTP_2
                ? context.response().streamId()
                : 0;
        this.longestNanos = longest.toNanos();
    }

    /**
     * Runs this once the answer to the request has left, or will not any more.
     *
     * @param longest how long the caller may take to take it
     */
    public static void follow(RoutingContext context, Duration longest, Runnable sent) {
        AnswerSent known = context.get(AnswerSent.class.getName());
        if (known == null) {
            known = new AnswerSent(context, longest);
            context.put(AnswerSent.class.getName(), known);
            RequestEnd.follow(context, known::end);
        }
        known.sent.thenRun(sent);
    }

    private void end(boolean answered) {
        EventLoop loop = channel.eventLoop();
        if (answered && !loop.isShuttingDown()) {
            loop.execute(this::awaitTaker); // behind what another thread has handed to the event loop to be written
        } else {
            sent.complete(null);
        }
    }

    private void awaitTaker() {
        try {
            if (stream > 0) {
                followStream();
            } else {
                followConnection();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("An answer could not be followed.", e);
            sent.complete(null);
        }
    }

    /** What is written behind the answer has left when the answer has. */
    private void followConnection() {
        ChannelFuture behind = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (behind.isDone()) {
            sent.complete(null);
            return;
        }
        Future<?> cut = cutLater(() -> close(channel));
        behind.addListener(done -> {
            cut.cancel(false);
            sent.complete(null);
        });
    }

    private void followStream() {
        if (!channel.isActive() || Http2Streams.of(channel).isClosed(stream)) {
            sent.complete(null);
            return;
        }
        Http2Streams streams = Http2Streams.of(channel);
        Future<?> cut = cutLater(() -> streams.reset(stream));
        streams.whenClosed(stream, () -> {
            cut.cancel(false);
            sent.complete(null);
        });
    }

    private Future<?> cutLater(Runnable cut) {
        return channel.eventLoop().schedule(cut, longestNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Closes a connection whose caller may not take what has been written to him. Vert.x would close it once he has: the connection
     * ends before that hears of it.
     */
    public static void close(Channel channel) {
        channel.pipeline().firstContext().close();
    }
}
