package dev.headroom.function.page;

import dev.headroom.function.AllowedMethod;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** {@code GET /}: the page, whose files are below {@code /page/}. Nothing is read before the first request. */
@Singleton
class PageRoute {

    /** The rights of the page in a browser: to run its own scripts, and ask this service only. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> SAFETY = Map.of(
            "Content-Security-Policy", POLICY,
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    private final PageDoor door;
    private final Map<String, PageFile> files = new ConcurrentHashMap<>();

    PageRoute(PageDoor door) {
        this.door = door;
    }

    /** Before Funqy, which takes every request at the root for an event. */
    void route(@Observes Router router) {
        if (door.isOpen()) {
            router.route("/")
                    .order(RouteConstants.ROUTE_ORDER_COMPRESSION)
                    .handler(context -> answer(context, "index.html"));
            router.route(PageDoor.FILES + "*")
                    .handler(context -> answer(context, context.normalizedPath().substring(PageDoor.FILES.length())));
        }
    }

    private void answer(RoutingContext context, String name) {
        if (!door.has(context)) {
            context.next();
            return;
        }
        AllowedMethod.check(context, HttpMethod.GET);
        PageFile file = files.get(name);
        if (file == null) {
            file = PageFile.read(name).orElseThrow(() -> missing(context));
            files.put(name, file);
        }
        send(context, file);
    }

    private static RequestFailedException missing(RoutingContext context) {
        return new RequestFailedException(new Failure.UnknownPath("Nothing is served at %s; the page is at /."
                .formatted(context.request().path())));
    }

    private static void send(RoutingContext context, PageFile file) {
        HttpServerResponse response = context.response();
        MultiMap headers = response.headers();
        SAFETY.forEach(headers::set);
        headers.set("ETag", file.tag()).set("Cache-Control", "no-cache");
        if (file.isHeld(context.request().getHeader("If-None-Match"))) {
            response.setStatusCode(304).end();
        } else {
            headers.set("Content-Type", file.mediaType());
            response.end(file.content());
        }
    }
}
