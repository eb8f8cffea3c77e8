package dev.headroom.function.v2.json;

import dev.headroom.function.AllowedMethod;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The protocol's paths, each of which is answered to one method. */
final class V2Paths {

    private static final String MODEL = "/v2/models/:model";
    private static final String VERSION = MODEL + "/versions/:version";

    private V2Paths() {}

    /** Answers a path to GET alone. */
    static void get(Router router, String path, Handler<RoutingContext> handler) {
        only(HttpMethod.GET, router, path, handler);
    }

    /** Answers a path to POST alone. */
    static void post(Router router, String path, Handler<RoutingContext> handler) {
        only(HttpMethod.POST, router, path, handler);
    }

    /** Answers what is under a model's path, with and without its version, to one method alone. */
    static void ofModel(HttpMethod method, Router router, String under, Handler<RoutingContext> handler) {
        only(method, router, MODEL + under, handler);
        only(method, router, VERSION + under, handler);
    }

    /** The model's name. */
    static String model(RoutingContext context) {
        return context.pathParam("model");
    }

    /** The version that is asked for; empty for any. */
    static Optional<String> version(RoutingContext context) {
        return Optional.ofNullable(context.pathParam("version"));
    }

    private static void only(HttpMethod method, Router router, String path, Handler<RoutingContext> handler) {
        router.route(path).handler(context -> {
            AllowedMethod.check(context, method);
            handler.handle(context);
        });
    }
}
