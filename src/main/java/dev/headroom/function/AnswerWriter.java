package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/**
 * Writes an answer in the form of its protocol.
 *
 * @param <T> the answer
 */
@FunctionalInterface
public interface AnswerWriter<T> {

    /** Sets the response's headers and trailers, and returns its body. */
    Buffer write(HttpServerResponse response, T answer) throws IOException;

    /** A body of these bytes, which are not copied. */
    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    static Buffer uncopied(byte[] bytes) {
        return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
    }

    /**
     * Writes the answer to a request, or fails the request if there is a failure instead or the writing fails. The calling
     * thread makes the body, and the connection's event loop sends it.
     */
    static <T> void complete(RoutingContext context, T answer, Throwable failure, AnswerWriter<? super T> writer) {
        if (failure != null) {
            context.fail(failure instanceof CompletionException e ? e.getCause() : failure);
            return;
        }
        try {
            Buffer body = writer.write(context.response(), answer);
            RequestEnd.unlessOver(context, () -> context.response().end(body));
        } catch (RequestFailedException e) {
            context.fail(e);
        } catch (IOException | RuntimeException | Error e) {
            context.fail(new RequestFailedException(new Failure.Internal("The answer could not be written.", e)));
        }
    }
}
