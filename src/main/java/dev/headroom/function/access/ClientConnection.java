package dev.headroom.function.access;

import dev.headroom.function.BrokenFraming;
import dev.headroom.function.body.AnswerSent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one connection keeps this service waiting for: the head of a request, or the bodies of some. Its event loop calls. */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<ClientConnection> KEY = AttributeKey.valueOf("headroom.heard");
    private static final String VERTX_DECODER = "httpDecoder";
    private final Channel channel;
    private final LingeringClose parting;
    private final HeaderMemory head = new HeaderMemory();
    private final List<IncomingBody> bodies = new ArrayList<>(1);
    private HttpServerRequest latest;
    private boolean headAwaited = true;
    private boolean cut;
    private long headSince = System.nanoTime();
    private HttpHeaders broken;
    private Runnable awaitingTaker;
    private long awaitingSince;

    private ClientConnection(Channel channel) {
        this.channel = channel;
        this.parting = new LingeringClose(channel);
    }

    /** That of the channel; listens to it from the first call on. */
    static ClientConnection of(Channel channel) {
        ClientConnection known = channel.attr(KEY).get();
        if (known != null) {
            return known;
        }
        ClientConnection heard = new ClientConnection(channel);
        channel.attr(KEY).set(heard);
        channel.pipeline().addFirst(heard);
        return heard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (cut || parting.hasBegun()) {
            ReferenceCountUtil.release(message); // it has its answer
            return;
        }
        if (!headAwaited && isBetweenRequests()) {
            headAwaited = true;
            headSince = System.nanoTime();
        }
        int bytes = message instanceof ByteBuf read ? read.readableBytes() : 0;
        context.fireChannelRead(message);
        heard(bytes);
    }

    /** Where the memory for heads is over who has not sent a whole one goes: who has is not asked. */
    private void heard(int bytes) {
        if (!headAwaited || isShared()) {
            head.release();
        } else if (!head.take(bytes)) {
            AnswerSent.close(channel);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        head.release();
        context.fireChannelInactive();
    }

    /**
     * Runs this once the caller has taken what has been written to him, all but a little: who sends request upon request and reads no
     * answer would have them all kept for him.
     */
    void whenTaken(Runnable next) {
        awaitingTaker = next;
        awaitingSince = System.nanoTime();
    }

    /** Whether more is waiting to be taken by the caller than should; streams of HTTP/2 have a limit each. */
    boolean isFull() {
        return !channel.isWritable() && !isShared();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && awaitingTaker != null) {
            Runnable next = awaitingTaker;
            awaitingTaker = null;
            next.run();
        }
        context.fireChannelWritabilityChanged();
    }

    /** What goes wrong with the socket itself is a caller who has gone, and no failure of this service. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.fireExceptionCaught(cause instanceof IOException ? new HttpClosedException(cause.getMessage()) : cause);
    }

    private boolean isBetweenRequests() {
        return latest == null || latest.isEnded() && latest.response().ended();
    }

    /**
     * The head of a request is there.
     *
     * @param limit how long its caller may take to take the answer
     */
    void begin(RoutingContext context, Duration limit) {
        if (latest == context.request()) {
            return; // rerouted
        }
        headAwaited = false;
        latest = context.request();
        IncomingBody body = new IncomingBody(context, System.nanoTime());
        bodies.add(body);
        HttpHeaders head = head(context);
        if (channel.pipeline().get(VERTX_DECODER) != null && channel.pipeline().get(BodyFraming.class) == null) {
            channel.pipeline()
                    .addAfter(VERTX_DECODER, "headroom-framing", new BodyFraming(channel, head, this::refuse));
        }
        BodyFraming framing = channel.pipeline().get(BodyFraming.class);
        AnswerSent.begin(context, limit);
        if (framing != null) {
            AnswerSent.follow(context, framing::answered);
        }
        if (head == broken && broken != null) {
            body.refuse(BrokenFraming.FAILURE);
        }
    }

    /** The very headers that the decoder has given out; none by HTTP/2. */
    private static HttpHeaders head(RoutingContext context) {
        return context.request().headers() instanceof HttpHeaders headers ? headers : null;
    }

    /** Refuses the request of this head for its body; a pipelined one waits for its turn. False where it is not answered here. */
    private boolean refuse(HttpHeaders head) {
        for (IncomingBody body : bodies) {
            if (head(body.context()) == head) {
                body.refuse(BrokenFraming.FAILURE);
                return true;
            }
        }
        broken = head;
        return !isBetweenRequests();
    }

    /** Ends the connection once the caller has read its answer; what still comes is dropped. */
    void part() {
        parting.begin();
    }

    /** The body of a request is not read for now: it has as long to come, once it is. */
    void stop(RoutingContext context) {
        long now = System.nanoTime();
        bodies.replaceAll(body -> body.context() == context ? body.stop(now) : body);
    }

    /** The body of a request is read again. */
    void goOn(RoutingContext context) {
        long now = System.nanoTime();
        bodies.replaceAll(body -> body.context() == context ? body.goOn(now) : body);
    }

    /** The body of a request is there. */
    void end(RoutingContext context) {
        bodies.removeIf(body -> body.context() == context);
    }

    /** Ends what has kept waiting for longer than this. */
    void cut(Duration limit) {
        bodies.removeIf(IncomingBody::isOver);
        if (parting.isOver() || broken != null && isBetweenRequests()) {
            AnswerSent.close(channel);
            return;
        }
        long latestStart = System.nanoTime() - limit.toNanos();
        if (awaitingTaker != null && awaitingSince - latestStart < 0) {
            AnswerSent.close(channel);
            return;
        }
        bodies.removeIf(body -> body.cut(latestStart, limit));
        if (headAwaited && headSince - latestStart < 0 && !isShared()) {
            headAwaited = false;
            cut = true;
            ReadTimeout.answer(channel, limit, this::part);
        }
    }

    /** HTTP/2 keeps a connection open for later; there is no telling whether a head has begun. */
    private boolean isShared() {
        return channel.pipeline().get(Http2ConnectionHandler.class) != null;
    }
}
