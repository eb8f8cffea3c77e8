package dev.headroom.function.v2;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Keeps the handler of bodies away from gRPC's messages: what it has read their server cannot read. Funqy wants that handler
 * before everything, Quarkus puts gRPC's route behind it, and neither's place can be set; so that the handler is told, by
 * what it asks itself, that it has been there. {@code V2GrpcTest} fails at once where that is no more so.
 */
@Singleton
class GrpcRoute {

    void route(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(GrpcRoute::keepBody);
    }

    private static void keepBody(RoutingContext context) {
        String type = context.request().getHeader("Content-Type");
        if (type != null && type.regionMatches(true, 0, "application/grpc", 0, "application/grpc".length())) {
            ((RoutingContextInternal) context).visitHandler(RoutingContextInternal.BODY_HANDLER);
        }
        context.next();
    }
}
