package dev.headroom.function;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.stream.Stream;

/** Refuses all methods but GET at the paths of operators, where Quarkus itself would answer each. */
@Singleton
class ShownPaths {

    private final Doors doors;

    ShownPaths(Doors doors) {
        this.doors = doors;
    }

    void route(@Observes Router router) {
        router.route("/q/*").order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(this::check);
    }

    /** An event belongs to its own door, whatever its path. */
    private void check(RoutingContext context) {
        String path = Doors.path(context);
        if (isShown(path) && doors.of(context).isForOperators(path)) {
            AllowedMethod.check(context, HttpMethod.GET);
        }
        context.next();
    }

    private static boolean isShown(String path) {
        return Stream.of("/q/health", "/q/metrics", "/q/openapi")
                .anyMatch(shown -> path.equals(shown) || path.startsWith(shown + "/"));
    }
}
