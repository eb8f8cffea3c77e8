package dev.headroom.function.access;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Predicate;

/**
 * Stands behind the decoder of HTTP/1.1 and hears of a body that is not framed as HTTP has it. Vert.x would close the
 * connection before the answer is out. The event loop calls.
 */
final class BodyFraming extends ChannelInboundHandlerAdapter {

    private final Predicate<HttpHeaders> refusal;
    private HttpHeaders head;
    private boolean broken;

    /**
     * Stands behind a decoder that has given out the head of a first request.
     *
     * @param head that of the first request
     * @param refusal takes the head of a request whose body is broken; false where Vert.x should end the connection
     */
    BodyFraming(HttpHeaders head, Predicate<HttpHeaders> refusal) {
        this.head = head;
        this.refusal = refusal;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            head = request.headers();
        }
        if (!broken
                && message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            broken = refusal.test(head);
        }
        if (broken) {
            ReferenceCountUtil.release(message); // nobody can tell where the next request begins
        } else {
            context.fireChannelRead(message);
        }
    }
}
