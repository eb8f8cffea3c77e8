package dev.headroom.function.access;

import dev.headroom.function.BrokenFraming;
import dev.headroom.function.GrpcDoor;
import dev.headroom.function.body.ContentLength;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/**
 * Checks the headers of requests and reads their bodies within {@link RequestMemory}. It replaces Vert.x' handler, which does not count the bytes that
 * it holds, by marking the request as one that this handler has seen. Each request's event loop calls.
 */
@Singleton
class BodyReader {

    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final String MESSAGE_LIMIT = "quarkus.grpc.server.max-inbound-message-size";

    /** The bytes before a message of gRPC. */
    private static final int GRPC_PREFIX = 5;

    /** Behind Vert.x' handler, which would resume the body. */
    static final int ORDER = Integer.MIN_VALUE + 2;

    private final RequestMemory memory;
    private final long limit;
    private final long messageLimit;

    BodyReader(RequestMemory memory, Config config) {
        this.memory = memory;
        this.limit = config.getValue("quarkus.http.limits.max-body-size", MemorySize.class)
                .asLongValue();
        this.messageLimit = config.getValue(MESSAGE_LIMIT, Integer.class);
    }

    void route(@Observes @Priority(AccessGuard.PRIORITY + 200) Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::expect);
        router.route().order(ORDER).handler(BodyReader::read);
    }

    /** Takes the memory of a body with a Content-Length at once, so that it is refused before it arrives. */
    private void expect(RoutingContext context) {
        HttpServerRequest request = context.request();
        HeaderCheck.check(request);
        RoutingContextInternal internal = (RoutingContextInternal) context;
        if (!WITH_BODY.contains(request.method())
                || GrpcDoor.isCall(request) && !GrpcDoor.isInference(request)
                || internal.seenHandler(RoutingContextInternal.BODY_HANDLER)) {
            context.next();
            return;
        }
        internal.visitHandler(RoutingContextInternal.BODY_HANDLER);
        long length = length(request);
        boolean framed =
                request.version() == HttpVersion.HTTP_2 || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        if (isTooLong(request, length)) {
            refuse(context);
            return;
        }
        if (length > 0 || framed) {
            context.put(Body.class.getName(), new Body(context, memory.share(context), length));
        }
        context.next();
    }

    private boolean isTooLong(HttpServerRequest request, long length) {
        return GrpcDoor.isInference(request) ? length - GRPC_PREFIX > messageLimit : length > limit;
    }

    private void refuse(RoutingContext context) {
        if (GrpcDoor.isInference(context.request())) {
            context.fail(new RequestFailedException(
                    new Failure.TooLarge("The message is larger than %d bytes; send it in parts, or raise %s."
                            .formatted(messageLimit, MESSAGE_LIMIT))));
        } else {
            context.fail(413);
        }
    }

    private static void read(RoutingContext context) {
        Body expected = context.remove(Body.class.getName());
        if (expected == null) {
            ReadWatch.end(context);
            context.next();
        } else {
            expected.read();
        }
    }

    /** The Content-Length; zero without one. Vert.x refuses a wrong one. */
    private static long length(HttpServerRequest request) {
        return Math.max(0, ContentLength.of(request.getHeader(HttpHeaders.CONTENT_LENGTH)));
    }

    /** A body that is arriving. */
    private final class Body {

        private final RoutingContext context;
        private final RequestMemory.Share share;
        private final boolean announced;
        private Buffer bytes;
        private boolean failed;

        Body(RoutingContext context, RequestMemory.Share share, long length) {
            this.context = context;
            this.share = share;
            this.announced = length > 0;
            share.take(length);
            this.bytes = Buffer.buffer((int) length);
        }

        void read() {
            HttpServerRequest request = context.request();
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))
                    && request.version() != HttpVersion.HTTP_1_0) {
                context.response().writeContinue();
            }
            if (!request.isEnded()) {
                request.exceptionHandler(this::broken)
                        .handler(this::append)
                        .endHandler(end -> end())
                        .resume();
            }
        }

        private void append(Buffer piece) {
            if (failed) {
                return; // the rest is dropped
            }
            try {
                if (isTooLong(context.request(), bytes.length() + piece.length())) {
                    fail(() -> refuse(context));
                    return;
                }
                if (!announced) {
                    share.takeComing(piece.length());
                }
                bytes.appendBuffer(piece);
            } catch (RuntimeException e) {
                fail(() -> context.fail(e));
            }
        }

        /** Tells broken framing from a failed connection, whose caller has gone. */
        private void broken(Throwable cause) {
            fail(() -> context.fail(
                    BrokenFraming.isToldBy(cause) ? cause : new HttpClosedException("" + cause.getMessage())));
        }

        private void fail(Runnable how) {
            if (!failed) {
                failed = true;
                bytes = Buffer.buffer();
                how.run();
            }
        }

        private void end() {
            if (!failed && !context.failed()) {
                ((RoutingContextInternal) context).setBody(bytes);
                ReadWatch.end(context);
                context.next();
            }
        }
    }
}
