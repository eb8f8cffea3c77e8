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
 * Stands behind the decoder of HTTP/1.1 and hears of a body that is not framed as HTTP has it, for which Vert.x would close the
 * connection before the answer is out; and of a caller who sends request upon request and takes no answer. The event loop calls.
 */
final class BodyFraming extends ChannelInboundHandlerAdapter {

    /** Requests whose answers the caller has not taken; Vert.x keeps all that come, and looks through them for each. */
    private static final int MOST_WAITING = 32;

    private final Channel channel;
    private final Predicate<HttpHeaders> refusal;
    private HttpHeaders head;
    private boolean broken;
    private final AtomicInteger waiting = new AtomicInteger(1);

    /**
     * Stands behind a decoder that has given out the head of a first request.
     *
     * @param head that of the first request
     * @param refusal takes the head of a request whose body is broken; false where Vert.x should end the connection
     */
    BodyFraming(Channel channel, HttpHeaders head, Predicate<HttpHeaders> refusal) {
        this.channel = channel;
        this.head = head;
        this.refusal = refusal;
    }

    /** The caller has taken an answer; any thread may tell. */
    void answered() {
        waiting.decrementAndGet();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            head = request.headers();
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
            broken = refusal.test(head);
        }
        if (broken) {
            ReferenceCountUtil.release(message); // nobody can tell where the next request begins
        } else {
            context.fireChannelRead(message);
        }
    }
}
