package dev.headroom.function.v2.grpc;

import dev.headroom.function.GrpcDoor;
import dev.headroom.function.Http2Streams;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.grpc.Metadata;
import io.netty.channel.Channel;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prepares gRPC's calls on the router, before Quarkus's gRPC server receives them.
 *
 * <p>Keeps the body handler away, because the server cannot read a body that the handler has read. Funqy puts that
 * handler before everything and Quarkus puts gRPC's route behind it; neither place can be set. So the handler is told,
 * by the flag that it sets itself, that it has run. {@code V2GrpcTest} fails when that no longer works.
 *
 * <p>Counts the bytes of calls, because the server holds them uncounted, and refuses compressed messages, because the
 * server would inflate them without a bound. Reports hang-ups, which the server notices only until the message has
 * ended. A header of the route, which replaces any that the caller sent, connects a call of the server with its
 * request.
 */
@Singleton
class GrpcRoute {

    private static final String CALL = "headroom-call";
    private static final Metadata.Key<String> CALL_KEY = Metadata.Key.of(CALL, Metadata.ASCII_STRING_MARSHALLER);

    /** The most calls that stay open for as long as their callers like. */
    private static final int MOST_STREAMS = 64;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final RequestMemory memory;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger streams = new AtomicInteger();
    private final Map<String, GrpcCall> running = new ConcurrentHashMap<>();

    GrpcRoute(RequestMemory memory) {
        this.memory = memory;
    }

    void route(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::prepare);
    }

    /** Completes when the caller of the call with these headers hangs up before the answer, or has done so. */
    CompletableFuture<Void> hangUp(Metadata headers) {
        return call(headers).map(GrpcCall::hangUp).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** The memory of the call with these headers; null when it has ended already. */
    RequestMemory.Share share(Metadata headers) {
        return call(headers).map(GrpcCall::share).orElse(null);
    }

    private Optional<GrpcCall> call(Metadata headers) {
        return Optional.ofNullable(headers.get(CALL_KEY)).map(running::get);
    }

    private void prepare(RoutingContext context) {
        if (!GrpcDoor.isCall(context.request())) {
            context.next();
            return;
        }
        ((RoutingContextInternal) context).visitHandler(RoutingContextInternal.BODY_HANDLER);
        try {
            checkEncoding(context.request().getHeader("grpc-encoding"));
            if (isStream(context.request().path())) {
                takeStream(context);
            }
            if (!GrpcDoor.isInference(context.request())) {
                follow(context, memory.share(context));
            }
        } catch (RequestFailedException e) {
            GrpcDoor.refuse(context.response(), e.failure());
            return;
        }
        context.next();
    }

    private static void checkEncoding(String encoding) {
        if (encoding != null && !encoding.trim().equalsIgnoreCase("identity")) {
            throw new RequestFailedException(new Failure.WrongMethod(
                    "The messages are compressed as '%s', which is not read; send them as they are, without grpc-encoding."
                            .formatted(encoding)));
        }
    }

    private static boolean isStream(String path) {
        return path.equals("/grpc.health.v1.Health/Watch") || path.startsWith("/grpc.reflection.");
    }

    private void takeStream(RoutingContext context) {
        if (streams.incrementAndGet() > MOST_STREAMS) {
            streams.decrementAndGet();
            throw new RequestFailedException(new Failure.Overloaded(
                    "%d callers watch already, or ask for reflection, and no more may at a time; try again, or call Check."
                            .formatted(MOST_STREAMS),
                    RETRY_AFTER));
        }
        RequestEnd.follow(context, () -> streams.decrementAndGet());
    }

    private void follow(RoutingContext context, RequestMemory.Share share) {
        String id = Long.toString(calls.incrementAndGet());
        GrpcCall call = new GrpcCall(context, share);
        running.put(id, call);
        context.request().headers().set(CALL, id);
        Channel channel = ((ConnectionBase) context.request().connection()).channel();
        Http2Streams.of(channel).whenMoreComes(context.response().streamId(), call::admits);
        RequestEnd.follow(context, answered -> {
            running.remove(id);
            if (!answered) {
                call.hangUp().complete(null);
            }
        });
    }
}
