package dev.headroom.function.v2.json;

import dev.headroom.function.AllowedMethod;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Predicate;

/** The protocol's paths over HTTP, each of which takes one method. */
final class V2Paths {

    private static final String MODEL = "/v2/models/:model";
    private static final String VERSION = MODEL + "/versions/:version";

    /** A model whose name has slashes that the caller did not encode. */
    private static final String SLASHES = "/v2/models/(?<model>[^/]+(?:/[^/]+)+?)(?:/versions/(?<version>[^/]+))?";

    /** Models that an operator opens and closes. */
    static final String REPOSITORY = "/v2/repository/models/";

    private V2Paths() {}

    /** Routes a path that takes GET alone. */
    static void get(Router router, String path, Handler<RoutingContext> handler) {
        only(HttpMethod.GET, router, path, handler);
    }

    /** Routes a path that takes POST alone. */
    static void post(Router router, String path, Handler<RoutingContext> handler) {
        only(HttpMethod.POST, router, path, handler);
    }

    /** Routes a path below a model's, with and without a version, that takes one method alone. */
    static void ofModel(
            HttpMethod method, Router router, String under, Predicate<String> known, Handler<RoutingContext> handler) {
        only(method, router, MODEL + under, handler);
        only(method, router, VERSION + under, handler);
        early(router.routeWithRegex(SLASHES + under), method).handler(context -> {
            if (known.test(model(context))) {
                AllowedMethod.check(context, method);
                handler.handle(context);
            } else {
                context.next();
            }
        });
    }

    /** Routes a path below a model's in the repository, which takes POST alone. Its name may have slashes. */
    static void ofRepository(Router router, String under, Handler<RoutingContext> handler) {
        router.routeWithRegex(REPOSITORY + "(?<model>.+)" + under).handler(context -> {
            AllowedMethod.check(context, HttpMethod.POST);
            handler.handle(context);
        });
    }

    /** The model's name. */
    static String model(RoutingContext context) {
        return context.pathParam("model");
    }

    /** The wanted version; empty for any. */
    static Optional<String> version(RoutingContext context) {
        return Optional.ofNullable(context.pathParam("version"));
    }

    /** Puts inference before the routes of Quarkus and of what is asked for less often. */
    private static Route early(Route route, HttpMethod method) {
        return method == HttpMethod.POST ? route.order(RouteConstants.ROUTE_ORDER_COMPRESSION) : route;
    }

    private static void only(HttpMethod method, Router router, String path, Handler<RoutingContext> handler) {
        early(router.route(path), method).handler(context -> {
            AllowedMethod.check(context, method);
            handler.handle(context);
        });
    }
}
