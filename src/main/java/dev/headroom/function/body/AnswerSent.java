package dev.headroom.function.body;

import dev.headroom.function.Http2Streams;
import dev.headroom.function.Once;
import dev.headroom.function.RequestEnd;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Follows the answer to a request until the caller has read it from the connection. Closes the connection, or in HTTP/2
 * the stream, of a caller that takes too long; and of the slowest, while the unread answers of several take more than an
 * eighth of the heap. Any thread may add followers, which the connection's event loop runs.
 */
public final class AnswerSent {

    private static final Logger LOG = Logger.getLogger(AnswerSent.class);

    private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 8;

    /** The answers that are unread, the oldest first. Its own lock guards it and the sum of their bytes. */
    private static final Set<AnswerSent> UNREAD = new LinkedHashSet<>();

    private static long unreadBytes;

    private final Channel channel;
    private final HttpServerResponse response;
    private final int stream;
    private final long longestNanos;
    private final Once<Void> sent = new Once<>();
    private Future<?> cutting; // only the event loop uses it

    private AnswerSent(RoutingContext context, Duration longest) {
        this.channel = ((ConnectionBase) context.request().connection()).channel();
        this.response = context.response();
        this.stream = context.request().version() == HttpVersion.HTTP_2
                ? context.response().streamId()
                : 0;
        this.longestNanos = longest.toNanos();
    }

    /**
     * Begins to follow the answer to a request, unless it is followed already.
     *
     * @param longest how long the caller may take to read it
     */
    public static void begin(RoutingContext context, Duration longest) {
        if (context.get(AnswerSent.class.getName()) == null) {
            AnswerSent answer = new AnswerSent(context, longest);
            context.put(AnswerSent.class.getName(), answer);
            RequestEnd.follow(context, answer::end);
        }
    }

    /** Runs this once the answer to a request that is followed has left, or never will. */
    public static void follow(RoutingContext context, Runnable sent) {
        context.<AnswerSent>get(AnswerSent.class.getName()).sent.follow(now -> sent.run());
    }

    private void end(boolean answered) {
        EventLoop loop = channel.eventLoop();
        if (!answered || loop.isShuttingDown()) {
            sent.happen(null);
        } else if (stream == 0 && loop.inEventLoop()) {
            awaitReader();
        } else {
            loop.execute(this::awaitReader); // after the writes that other threads have handed to the event loop
        }
    }

    private void awaitReader() {
        try {
            if (stream > 0) {
                followStream();
            } else {
                followConnection();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("An answer could not be followed.", e);
            sent.happen(null);
        }
    }

    /** Writes an empty buffer, which leaves after the answer, unless that has left. */
    private void followConnection() {
        if (isDrained()) {
            sent.happen(null);
            return;
        }
        ChannelFuture behind = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (behind.isDone()) {
            sent.happen(null);
            return;
        }
        waits();
        behind.addListener(done -> taken());
    }

    /** True if nothing that was written waits in the connection. Vert.x' handler for chunks may hold it back. */
    private boolean isDrained() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null
                && waiting.totalPendingWriteBytes() == 0
                && channel.pipeline().get(ChunkedWriteHandler.class) == null;
    }

    private void followStream() {
        if (!channel.isActive() || Http2Streams.of(channel).isClosed(stream)) {
            sent.happen(null);
            return;
        }
        waits();
        Http2Streams.of(channel).whenClosed(stream, this::taken);
    }

    private void waits() {
        cutting = channel.eventLoop().schedule(this::cut, longestNanos, TimeUnit.NANOSECONDS);
        synchronized (UNREAD) {
            UNREAD.add(this);
            unreadBytes += response.bytesWritten();
            while (unreadBytes > MOST_BYTES && UNREAD.size() > 1) { // a large answer alone is not slow
                AnswerSent oldest = UNREAD.iterator().next();
                oldest.forget();
                oldest.channel.eventLoop().execute(oldest::cut);
            }
        }
    }

    private void taken() {
        cutting.cancel(false);
        synchronized (UNREAD) {
            forget();
        }
        sent.happen(null);
    }

    private void forget() {
        if (UNREAD.remove(this)) {
            unreadBytes -= response.bytesWritten();
        }
    }

    /** Closes the connection, or in HTTP/2 the stream, of a caller that reads too slowly; its event loop calls. */
    public static void cutOff(RoutingContext context) {
        context.<AnswerSent>get(AnswerSent.class.getName()).cut();
    }

    private void cut() {
        if (stream == 0) {
            close(channel);
        } else if (channel.isActive()) {
            Http2Streams.of(channel).reset(stream);
        }
    }

    /**
     * Closes a connection whose caller may not read what has been written. Bypasses Vert.x, which would first wait for
     * the caller to read it.
     */
    public static void close(Channel channel) {
        channel.pipeline().firstContext().close();
    }
}
