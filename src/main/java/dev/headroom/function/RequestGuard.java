package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.serving.Pipelines;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before all doors: finds the one, measures the request, and refuses what none of them reads. */
@Singleton
public class RequestGuard {

    private static final String CONNECTION = "Connection";
    private static final String CLOSE = "close";

    private final MeterRegistry registry;
    private final Pipelines pipelines;
    private final Map<Answered, Timer> timers = new ConcurrentHashMap<>();

    private record Answered(String door, int status) {}

    RequestGuard(MeterRegistry registry, Pipelines pipelines) {
        this.registry = registry;
        this.pipelines = pipelines;
    }

    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION - 1).handler(this::guard);
    }

    private void guard(RoutingContext context) {
        Door door = Door.of(context);
        ServerTiming.start(context);
        partOnceDraining(context);
        if (door.isPosted(Door.path(context))) {
            measure(context, door.tag());
            check(context, door);
        }
        context.next();
    }

    /** Who kept the connection would find it closed under the next request; Quarkus tells those that come later. */
    private void partOnceDraining(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_1_1) {
            return;
        }
        context.addHeadersEndHandler(headers -> {
            if (pipelines.draining()) {
                context.response().putHeader(CONNECTION, CLOSE);
            }
        });
        RequestEnd.follow(context, () -> {
            if (pipelines.draining()
                    && CLOSE.equals(context.response().headers().get(CONNECTION))) {
                context.request().connection().close();
            }
        });
    }

    private void measure(RoutingContext context, String door) {
        Timer.Sample sample = Timer.start(registry);
        RequestEnd.follow(context, answered -> {
            int status = answered ? context.response().getStatusCode() : Problem.CALLER_HUNG_UP;
            sample.stop(timers.computeIfAbsent(new Answered(door, status), this::timer));
        });
    }

    private Timer timer(Answered answered) {
        return Timer.builder("headroom.requests")
                .description("Requests for inference")
                .tags("door", answered.door, "status", Integer.toString(answered.status))
                .register(registry);
    }

    private static void check(RoutingContext context, Door door) {
        HttpServerRequest request = context.request();
        if (request.method() != HttpMethod.POST) {
            context.response().putHeader("Allow", "POST");
            String what = door == Door.EVENT ? "An event" : request.path();
            throw failed(new Failure.WrongMethod("%s is answered to POST only.".formatted(what)));
        }
        if (door != Door.EVENT && door != Door.V2) {
            checkJson(context);
        }
    }

    private static void checkJson(RoutingContext context) {
        String type = Door.mediaType(context.request());
        if (!type.equals("application/json")) {
            throw failed(new Failure.UnsupportedMedia(
                    "The content type is '%s'; send application/json, or an event as application/cloudevents+json."
                            .formatted(type)));
        }
        if (context.body().isEmpty()) {
            throw failed(
                    new Failure.Invalid("The body is empty; send a JSON object such as {\"inputs\": [\"text\"]}."));
        }
    }

    private static RequestFailedException failed(Failure failure) {
        return new RequestFailedException(failure);
    }
}
