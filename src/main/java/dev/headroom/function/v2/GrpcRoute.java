package dev.headroom.function.v2;

import dev.headroom.function.GrpcForm;
import io.grpc.Metadata;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What gRPC's calls need of the router, on which their server is the last to hear of them.
 *
 * <p>The handler of bodies is kept away: what it has read their server cannot read. Funqy wants that handler before
 * everything, Quarkus puts gRPC's route behind it, and neither's place can be set; so that the handler is told, by what it
 * asks itself, that it has been there. {@code V2GrpcTest} fails at once where that is no more so.
 *
 * <p>And a caller who hangs up is told of: Vert.x's server hears of that only while the call's message has not ended. The
 * call is known again by a header, which is set here whatever the caller sent.
 */
@Singleton
class GrpcRoute {

    private static final String CALL = "headroom-call";
    private static final Metadata.Key<String> CALL_KEY = Metadata.Key.of(CALL, Metadata.ASCII_STRING_MARSHALLER);

    private final AtomicLong calls = new AtomicLong();
    private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    void route(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::prepare);
    }

    /** Completes when the caller of the call with these headers hangs up before it is answered; has, where it is gone already. */
    CompletableFuture<Void> hangUp(Metadata headers) {
        String call = headers.get(CALL_KEY);
        CompletableFuture<Void> known = call == null ? null : running.get(call);
        return known == null ? CompletableFuture.completedFuture(null) : known;
    }

    private void prepare(RoutingContext context) {
        if (GrpcForm.isOf(context.request())) {
            ((RoutingContextInternal) context).visitHandler(RoutingContextInternal.BODY_HANDLER);
            follow(context);
        }
        context.next();
    }

    private void follow(RoutingContext context) {
        String call = Long.toString(calls.incrementAndGet());
        CompletableFuture<Void> hangUp = new CompletableFuture<>();
        running.put(call, hangUp);
        context.request().headers().set(CALL, call);
        context.addEndHandler(end -> {
            running.remove(call);
            if (end.failed()) {
                hangUp.complete(null);
            }
        });
    }
}
