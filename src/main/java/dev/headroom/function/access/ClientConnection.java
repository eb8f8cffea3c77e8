package dev.headroom.function.access;

import dev.headroom.function.BrokenFraming;
import dev.headroom.function.body.AnswerSent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;

/**
 * A caller's connection: tracks how long the headers and bodies on it take to arrive, and ends it when they take too long.
 * Its event loop calls.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<ClientConnection> KEY = AttributeKey.valueOf("headroom.connection");

    private static final int MOST_FLUSHES = 64;

    private final Channel channel;
    private final LingeringClose close;
    private final Backpressure backpressure;
    private final HeaderMemory headerMemory = new HeaderMemory();
    private final IncomingBodies bodies = new IncomingBodies();
    private HttpServerRequest latest;
    private boolean awaitsHeader = true;
    private boolean timedOut;
    private long headerSince = System.nanoTime();
    private HttpHeaders broken;

    private ClientConnection(Channel channel) {
        this.channel = channel;
        this.close = new LingeringClose(channel);
        this.backpressure = new Backpressure(channel);
    }

    /** The connection of the channel, which is tracked from the first call on. */
    static ClientConnection of(Channel channel) {
        ClientConnection known = channel.attr(KEY).get();
        if (known != null) {
            return known;
        }
        ClientConnection connection = new ClientConnection(channel);
        channel.attr(KEY).set(connection);
        channel.pipeline().addFirst(connection);
        if (connection.isShared()) { // Vert.x flushes each frame of an answer by itself
            channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_FLUSHES, true));
        }
        return connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (timedOut || close.hasBegun()) {
            ReferenceCountUtil.release(message); // the caller has its answer
            return;
        }
        if (!awaitsHeader && isBetweenRequests()) {
            awaitsHeader = true;
            headerSince = System.nanoTime();
        }
        int bytes = message instanceof ByteBuf read ? read.readableBytes() : 0;
        context.fireChannelRead(message);
        count(bytes);
    }

    /** Closes the connection if its header is incomplete and the memory for headers is exhausted. */
    private void count(int bytes) {
        if (!awaitsHeader || isShared()) {
            headerMemory.release();
        } else if (!headerMemory.take(bytes)) {
            AnswerSent.close(channel);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        headerMemory.release();
        context.fireChannelInactive();
    }

    /** True if the caller has gone. Vert.x still begins the requests that wait behind one that it answers afterwards. */
    boolean isClosed() {
        return !channel.isActive();
    }

    /** True if the caller has many answers to read yet. Streams of HTTP/2 have limits of their own. */
    boolean isFull() {
        return !channel.isWritable() && !isShared();
    }

    /** Runs this once the caller has read most of its answers, all of which would be kept for it otherwise. */
    void onceRead(Runnable next) {
        backpressure.hold(next);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        backpressure.release();
        context.fireChannelWritabilityChanged();
    }

    /** Tells a broken socket as a caller that hung up, because it is no failure of this service. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.fireExceptionCaught(cause instanceof IOException ? new HttpClosedException(cause.getMessage()) : cause);
    }

    private boolean isBetweenRequests() {
        return latest == null || latest.isEnded() && latest.response().ended();
    }

    /**
     * The header of a request has arrived.
     *
     * @param limit how long its caller may take to read the answer
     */
    void begin(RoutingContext context, Duration limit) {
        awaitsHeader = false;
        latest = context.request();
        IncomingBody body = bodies.begin(context);
        AnswerSent.begin(context, limit);
        HttpHeaders header = IncomingBodies.header(context);
        BodyFraming framing = BodyFraming.of(channel, header, this::refuse);
        if (framing != null) {
            AnswerSent.follow(context, framing::answered);
        }
        if (header == broken && broken != null) {
            body.refuse(BrokenFraming.FAILURE);
        }
    }

    /** Refuses the request with this header for its body; a pipelined one waits for its turn. False if no answer is possible. */
    private boolean refuse(HttpHeaders header) {
        if (bodies.refuse(header)) {
            return true;
        }
        broken = header;
        return !isBetweenRequests();
    }

    /** Closes the connection once the caller has read its answer, and drops what still arrives. */
    void close() {
        close.begin();
    }

    /** Stops the clock of a body that is not read for now. */
    void stop(RoutingContext context) {
        bodies.stop(context);
    }

    /** Lets the clock of a body go on, because the body is read again. */
    void goOn(RoutingContext context) {
        bodies.goOn(context);
    }

    /** The body of a request has arrived. */
    void end(RoutingContext context) {
        bodies.end(context);
    }

    /** Ends whatever has taken longer than this. */
    void cut(Duration limit) {
        bodies.forgetEnded();
        long latestStart = System.nanoTime() - limit.toNanos();
        if (close.isOver() || broken != null && isBetweenRequests() || backpressure.isHeldSince(latestStart)) {
            AnswerSent.close(channel);
            return;
        }
        bodies.cut(latestStart, limit);
        if (awaitsHeader && headerSince - latestStart < 0 && !isShared()) {
            awaitsHeader = false;
            timedOut = true;
            ReadTimeout.answer(channel, limit, this::close);
        }
    }

    /** True in HTTP/2, where a connection stays open between requests, and nothing tells whether a header has begun. */
    private boolean isShared() {
        return channel.pipeline().get(Http2ConnectionHandler.class) != null;
    }
}
