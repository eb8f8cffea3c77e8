package dev.headroom.function.access;

import dev.headroom.function.body.AnswerSent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Refuses broken framing behind the decoder of HTTP/1.1: Vert.x would close the connection before the answer is out. Also
 * closes the connection of a caller that sends request upon request and reads no answer. The event loop calls.
 */
final class BodyFraming extends ChannelInboundHandlerAdapter {

    /** The most requests whose answers the caller has not read. Vert.x keeps them all, and searches them for each. */
    private static final int MOST_WAITING = 32;

    private static final String VERTX_DECODER = "httpDecoder";

    private final Channel channel;
    private final Predicate<HttpHeaders> refusal;
    private HttpHeaders header;
    private boolean broken;
    private final AtomicInteger waiting = new AtomicInteger(1);

    /**
     * The handler of a connection, which the first request adds; null in HTTP/2.
     *
     * @param header the header of that request
     * @param refusal takes the header of a request whose body is broken; false where Vert.x should end the connection
     */
    static BodyFraming of(Channel channel, HttpHeaders header, Predicate<HttpHeaders> refusal) {
        if (channel.pipeline().get(VERTX_DECODER) != null && channel.pipeline().get(BodyFraming.class) == null) {
            BodyFraming framing = new BodyFraming(channel, header, refusal);
            channel.pipeline().addAfter(VERTX_DECODER, "headroom-framing", framing);
        }
        return channel.pipeline().get(BodyFraming.class);
    }

    private BodyFraming(Channel channel, HttpHeaders header, Predicate<HttpHeaders> refusal) {
        this.channel = channel;
        this.header = header;
        this.refusal = refusal;
    }

    /** The caller has read an answer. Any thread may call. */
    void answered() {
        waiting.decrementAndGet();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            header = request.headers();
            waiting.incrementAndGet();
        }
        if (waiting.get() > MOST_WAITING) {
            ReferenceCountUtil.release(message);
            AnswerSent.close(channel);
            return;
        }
        if (!broken
                && message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            broken = refusal.test(header);
        }
        if (broken) {
            ReferenceCountUtil.release(message); // nobody can tell where the next request begins
        } else {
            context.fireChannelRead(message);
        }
    }
}
