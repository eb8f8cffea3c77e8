package dev.headroom.function;

import dev.headroom.function.trace.Traces;
import dev.headroom.serving.Pipelines;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before all doors: finds the door of a request, and measures the request. */
@Singleton
public class RequestGuard {

    private static final String OUTCOME = RequestGuard.class.getName() + ".outcome";

    private final MeterRegistry registry;
    private final Pipelines pipelines;
    private final Doors doors;
    private final Traces traces;
    private final Map<Tags, Timer> timers = new ConcurrentHashMap<>();

    private record Tags(String door, String outcome) {}

    RequestGuard(MeterRegistry registry, Pipelines pipelines, Doors doors, Traces traces) {
        this.registry = registry;
        this.pipelines = pipelines;
        this.doors = doors;
        this.traces = traces;
    }

    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION - 1).handler(this::guard);
    }

    private void guard(RoutingContext context) {
        Door door = doors.of(context);
        ServerTiming.start(context);
        closeOnceDraining(context);
        if (door.infers(Doors.path(context))) {
            traces.begin(context, door);
            measure(context);
        }
        context.next();
    }

    /** Ends the connection with the answer: the next request on it would find it closed. */
    private void closeOnceDraining(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_1_1) {
            return;
        }
        context.addHeadersEndHandler(headers -> {
            if (pipelines.draining()) {
                context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                RequestEnd.follow(context, () -> context.request().connection().close());
            }
        });
    }

    private void measure(RoutingContext context) {
        Timer.Sample sample = Timer.start(registry);
        RequestEnd.follow(context, answered -> {
            Door door = doors.of(context); // which the body may have told
            String failed = context.get(OUTCOME);
            String outcome = failed == null ? door.outcome(context.response(), answered) : failed;
            Traces.end(context, outcome);
            sample.stop(timers.computeIfAbsent(new Tags(door.name(), outcome), this::timer));
        });
    }

    /** Sets the outcome in the metrics of an answer that failed after its head had gone out. */
    public static void outcome(RoutingContext context, String outcome) {
        context.put(OUTCOME, outcome);
    }

    private Timer timer(Tags tags) {
        return Timer.builder("headroom.requests")
                .description("Requests for inference")
                .tags("door", tags.door, "status", tags.outcome)
                .register(registry);
    }
}
