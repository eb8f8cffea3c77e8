package dev.headroom.function.v2.grpc;

import dev.headroom.function.GrpcDoor;
import dev.headroom.function.Http2Streams;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.grpc.Metadata;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Context;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What gRPC's calls need of the router, on which their server is the last to hear of them.
 *
 * <p>The handler of bodies is kept away: what it has read their server cannot read. Funqy wants that handler before
 * everything, Quarkus puts gRPC's route behind it, and neither's place can be set; so that the handler is told, by what it
 * asks itself, that it has been there. {@code V2GrpcTest} fails at once where that is no more so.
 *
 * <p>What comes is counted, because their server holds it uncounted; compressed messages are refused, because it would inflate them
 * without a bound. And a caller who hangs up is told of: Vert.x's server hears of that only while the call's message has not ended. The
 * call is known again by a header, which is set here whatever the caller sent.
 */
@Singleton
class GrpcRoute {

    private static final String CALL = "headroom-call";
    private static final Metadata.Key<String> CALL_KEY = Metadata.Key.of(CALL, Metadata.ASCII_STRING_MARSHALLER);

    private static final String INFER =
            "/" + GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName();

    /** Bytes of any other call: of names and versions. */
    private static final int MOST_OF_OTHERS = 64 << 10;

    /** Calls that stay open for as long as their callers like. */
    private static final int MOST_STREAMS = 64;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final Call GONE = new Call(CompletableFuture.completedFuture(null), null);

    private final RequestMemory memory;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger streams = new AtomicInteger();
    private final Map<String, Call> running = new ConcurrentHashMap<>();

    GrpcRoute(RequestMemory memory) {
        this.memory = memory;
    }

    private record Call(CompletableFuture<Void> hangUp, RequestMemory.Share share) {}

    void route(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::prepare);
    }

    /** Completes when the caller of the call with these headers hangs up before it is answered; has, where it is gone already. */
    CompletableFuture<Void> hangUp(Metadata headers) {
        return call(headers).hangUp;
    }

    /** The memory that the call with these headers takes; null where it has ended already. */
    RequestMemory.Share share(Metadata headers) {
        return call(headers).share;
    }

    private Call call(Metadata headers) {
        String call = headers.get(CALL_KEY);
        return call == null ? GONE : running.getOrDefault(call, GONE);
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
            follow(context, memory.share(context));
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
        Call call = new Call(new CompletableFuture<>(), share);
        running.put(id, call);
        context.request().headers().set(CALL, id);
        Channel channel = ((ConnectionBase) context.request().connection()).channel();
        Http2Streams.of(channel).whenMoreComes(context.response().streamId(), new Arriving(context, call)::admits);
        RequestEnd.follow(context, answered -> {
            running.remove(id);
            if (!answered) {
                call.hangUp.complete(null);
            }
        });
    }

    /** The bytes of a call, as they come. */
    private static final class Arriving {

        private final RoutingContext context;
        private final Call call;
        private final Context loop;
        private final boolean infers;
        private long bytes;
        private boolean refused;

        Arriving(RoutingContext context, Call call) {
            this.context = context;
            this.call = call;
            this.loop = context.vertx().getOrCreateContext();
            this.infers = context.request().path().equals(INFER);
        }

        boolean admits(int more) {
            if (!refused) {
                try {
                    take(more);
                } catch (RequestFailedException e) {
                    refused = true;
                    loop.runOnContext(on -> end(e.failure()));
                }
            }
            return !refused;
        }

        private void take(int more) {
            bytes += more;
            if (!infers && bytes > MOST_OF_OTHERS) {
                throw JsonFields.tooLarge(
                        "The call has more than %d bytes, which none but ModelInfer has; send what it asks for alone.",
                        MOST_OF_OTHERS);
            }
            call.share.takeComing(more);
        }

        /** From the hang-up on the call's server writes nothing more. */
        private void end(Failure failure) {
            if (!RequestEnd.isOver(context)) {
                call.hangUp.complete(null);
                GrpcDoor.refuse(context.response(), failure);
                context.response().reset(Http2Error.NO_ERROR.code());
            }
        }
    }
}
