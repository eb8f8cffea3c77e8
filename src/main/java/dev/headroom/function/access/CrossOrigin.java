package dev.headroom.function.access;

import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.cors.CORSConfig;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.quarkus.vertx.http.runtime.security.SecurityHandlerPriorities;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Runs Quarkus' filter for cross-origin requests before every handler that refuses a request. A preflight request has no
 * credentials, and a browser hides answers without these headers. Quarkus itself runs the filter after reading the body.
 */
@Singleton
class CrossOrigin {

    /** After {@link ReadWatch} and before {@link ManagementPort}. */
    private static final int FIRST = AccessGuard.PRIORITY - 150;

    /** Right before Quarkus' own filter. */
    private static final int BEFORE_QUARKUS = -SecurityHandlerPriorities.CORS - 1;

    private final CORSConfig config;

    CrossOrigin(VertxHttpConfig config) {
        this.config = config.cors();
    }

    void route(@Observes @Priority(FIRST) Router router) {
        if (config.enabled()) {
            router.route().order(Integer.MIN_VALUE).handler(new CORSFilter(config));
            router.route().order(BEFORE_QUARKUS).handler(CrossOrigin::forget);
        }
    }

    /** Removes the headers that Quarkus' own filter adds again. */
    private static void forget(RoutingContext context) {
        MultiMap answered = context.response().headers();
        answered.remove(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS);
        answered.remove(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS);
        answered.remove(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS);
        context.next();
    }
}
