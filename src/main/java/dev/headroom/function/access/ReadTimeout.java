package dev.headroom.function.access;

import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.json.Json;
import java.time.Duration;

/** Answers requests that arrive too slowly. The connection's event loop calls. */
final class ReadTimeout {

    private static final String VERTX_ENCODER = "httpEncoder";

    private ReadTimeout() {}

    /**
     * Answers a request whose header is incomplete, so that no router knows of it. Closes a connection on which the caller
     * has not even shown its protocol.
     *
     * @param answered runs once the answer is written
     */
    static void answer(Channel channel, Duration limit, Runnable answered) {
        if (channel.pipeline().get(VERTX_ENCODER) == null) {
            channel.close();
            return;
        }
        Problem problem = Problem.logged(failure("head", limit));
        ByteBuf body = Unpooled.wrappedBuffer(Json.encodeToBuffer(problem).getBytes());
        DefaultFullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT, body);
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        channel.pipeline().writeAndFlush(answer).addListener(written -> answered.run());
    }

    /** The failure of a request whose head or body did not arrive in time. */
    static Failure failure(String part, Duration limit) {
        return new Failure.TooSlow(
                "The %s of the request did not come within %d ms; send it faster, or raise headroom.input.read-timeout."
                        .formatted(part, limit.toMillis()));
    }
}
