package dev.headroom.function.access;

import dev.headroom.batch.Failure;
import dev.headroom.function.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one connection keeps this service waiting for: the head of a request, or the bodies of some. Its event loop calls. */
final class HeardConnection extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<HeardConnection> KEY = AttributeKey.valueOf("headroom.heard");
    private static final String VERTX_ENCODER = "httpEncoder";

    private final Channel channel;
    private final List<HeardBody> bodies = new ArrayList<>(1);
    private HttpServerRequest latest;
    private boolean headAwaited = true;
    private boolean cut;
    private long headSince = System.nanoTime();

    private HeardConnection(Channel channel) {
        this.channel = channel;
    }

    /** That of the channel; listens to it from the first call on. */
    static HeardConnection of(Channel channel) {
        HeardConnection known = channel.attr(KEY).get();
        if (known != null) {
            return known;
        }
        HeardConnection heard = new HeardConnection(channel);
        channel.attr(KEY).set(heard);
        channel.pipeline().addFirst(heard);
        return heard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (cut) {
            ReferenceCountUtil.release(message); // it has its answer
            return;
        }
        if (!headAwaited && isBetweenRequests()) {
            headAwaited = true;
            headSince = System.nanoTime();
        }
        context.fireChannelRead(message);
    }

    private boolean isBetweenRequests() {
        return latest.isEnded() && latest.response().ended();
    }

    /** The head of a request is there. */
    void begin(RoutingContext context) {
        if (latest == context.request()) {
            return; // rerouted
        }
        headAwaited = false;
        latest = context.request();
        bodies.add(new HeardBody(context, System.nanoTime()));
    }

    /** The body of a request is there. */
    void end(RoutingContext context) {
        bodies.removeIf(body -> body.context() == context);
    }

    /** Ends what has kept waiting for longer than this. */
    void cut(Duration limit) {
        bodies.removeIf(HeardBody::isOver);
        long latestStart = System.nanoTime() - limit.toNanos();
        bodies.removeIf(body -> body.cut(latestStart, limit));
        if (headAwaited && headSince - latestStart < 0 && !isShared()) {
            headAwaited = false;
            cut = true;
            cutHead(limit);
        }
    }

    /** HTTP/2 keeps a connection open for later; there is no telling whether a head has begun. */
    private boolean isShared() {
        return channel.pipeline().get(Http2ConnectionHandler.class) != null;
    }

    /** A connection that said nothing, not even which protocol it speaks, gets no answer: it did not ask. */
    private void cutHead(Duration limit) {
        if (channel.pipeline().get(VERTX_ENCODER) == null) {
            channel.close();
            return;
        }
        Failure failure = tooSlow("head", limit);
        Problem problem = Problem.of(failure, Problem.newInstance());
        problem.log(failure);
        ByteBuf body = Unpooled.wrappedBuffer(Json.encodeToBuffer(problem).getBytes());
        DefaultFullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT, body);
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        channel.pipeline().writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    static Failure.TooSlow tooSlow(String part, Duration limit) {
        return new Failure.TooSlow(
                "The %s of the request did not come within %d ms; send it faster, or raise headroom.input.read-timeout."
                        .formatted(part, limit.toMillis()));
    }
}
