package dev.headroom.function.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.function.BodyThread;
import dev.headroom.function.Door;
import dev.headroom.function.StrictJson;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Stands before Funqy, which answers what it cannot read with statuses that brokers repeat: reads a single event and
 * passes it on to {@link InferFunction}, and has a batch answered, of which Funqy knows nothing.
 */
@Singleton
class EventRoute {

    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCHED = "application/cloudevents-batch+json";

    private final EventReader reader;
    private final EventBatch batch;
    private final ObjectMapper json;

    EventRoute(EventReader reader, EventBatch batch, ObjectMapper json) {
        this.reader = reader;
        this.batch = batch;
        this.json = json;
    }

    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(this::take);
    }

    /** The event of a request that this route has passed on. */
    static Event event(RoutingContext context) {
        return context.get(Event.class.getName());
    }

    /** Whether an event is in structured mode, which goes before binary mode where it could be both. */
    static boolean isStructured(HttpServerRequest request) {
        return Door.mediaType(request).equals(STRUCTURED);
    }

    private void take(RoutingContext context) {
        if (Door.of(context) != Door.EVENT) {
            context.next();
            return;
        }
        Context loop = context.vertx().getOrCreateContext();
        BodyThread.read(context, () -> read(context, loop));
    }

    private void read(RoutingContext context, Context loop) {
        if (Door.mediaType(context.request()).equals(BATCHED)) {
            batch.answer(context, StrictJson.read(json, context.body().buffer()));
            return;
        }
        Event event = single(context);
        context.put(Event.class.getName(), event);
        normalise(context.request(), event);
        if (Context.isOnEventLoopThread()) {
            context.next();
        } else {
            loop.runOnContext(on -> context.next());
        }
    }

    private Event single(RoutingContext context) {
        if (isStructured(context.request())) {
            return reader.structured(StrictJson.read(json, context.body().buffer()));
        }
        String type = Door.mediaType(context.request());
        if (type.startsWith("application/cloudevents")) {
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "Events are not read as '%s'; send %s, %s, or the attributes as headers and the data as body."
                            .formatted(type, STRUCTURED, BATCHED)));
        }
        return reader.binary(context.request(), context.body().buffer());
    }

    /** Funqy takes an event for binary by its header {@code ce-id}, and neither ignores case nor decodes anything. */
    private static void normalise(HttpServerRequest request, Event event) {
        MultiMap headers = request.headers();
        if (isStructured(request)) {
            List.copyOf(headers.names()).stream()
                    .filter(name -> name.regionMatches(true, 0, "ce-", 0, 3))
                    .forEach(headers::remove);
            headers.set("Content-Type", STRUCTURED);
        } else {
            headers.set("ce-type", event.attributes().get("type"));
            headers.set("ce-specversion", event.attributes().get("specversion"));
        }
    }
}
