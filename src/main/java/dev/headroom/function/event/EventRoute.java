package dev.headroom.function.event;

import dev.headroom.function.AllowedMethod;
import dev.headroom.function.Doors;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.EventInference.Answered;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/**
 * Stands before Funqy, which answers what it cannot read with statuses that brokers repeat: reads a single event, starts on it and
 * passes it on to {@link InferFunction}, and has a batch answered, of which Funqy knows nothing.
 */
@Singleton
class EventRoute {

    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCHED = "application/cloudevents-batch+json";

    private final EventReader reader;
    private final EventInference inference;
    private final EventBatch batch;
    private final BodyJson bodies;
    private final EventDoor door;

    EventRoute(EventReader reader, EventInference inference, EventBatch batch, BodyJson bodies, EventDoor door) {
        this.reader = reader;
        this.inference = inference;
        this.batch = batch;
        this.bodies = bodies;
        this.door = door;
    }

    /** An event that has been read and is being answered. */
    record Started(EventReply reply, Share<Answered> share) {}

    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(this::take);
    }

    /** The event of a request that this route has passed on. */
    static Started started(RoutingContext context) {
        return context.get(Started.class.getName());
    }

    /** Whether an event is in structured mode, which goes before binary mode where it could be both. */
    static boolean isStructured(HttpServerRequest request) {
        return Doors.mediaType(request).equals(STRUCTURED);
    }

    private void take(RoutingContext context) {
        if (!door.has(context)) {
            context.next();
            return;
        }
        AllowedMethod.check(context, HttpMethod.POST, "An event");
        Context loop = context.vertx().getOrCreateContext();
        BodyThread.read(context, room -> read(context, loop, room));
    }

    private void read(RoutingContext context, Context loop, ParseMemory room) {
        if (Doors.mediaType(context.request()).equals(BATCHED)) {
            batch.answer(context, bodies.read(context.body().buffer(), room), room);
            return;
        }
        Event event = single(context, room);
        Share<Answered> share =
                inference.start(event, UrgencyReader.of(event.attributes(), UrgencyReader.of(context.request(), true)));
        RequestEnd.follow(context, share.leave());
        context.put(Started.class.getName(), new Started(new EventReply(event.attributes()), share));
        forFunqy(context, event);
        if (Context.isOnEventLoopThread()) {
            context.next();
        } else {
            loop.runOnContext(on -> context.next());
        }
    }

    private Event single(RoutingContext context, ParseMemory room) {
        if (isStructured(context.request())) {
            return reader.structured(bodies.read(context.body().buffer(), room), room);
        }
        String type = Doors.mediaType(context.request());
        if (type.startsWith("application/cloudevents")) {
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "Events are not read as '%s'; send %s, %s, or the attributes as headers and the data as body."
                            .formatted(type, STRUCTURED, BATCHED)));
        }
        return reader.binary(context.request(), context.body().buffer(), room);
    }

    /**
     * Funqy takes an event for binary by its header {@code ce-id}, and neither ignores case nor decodes anything. It would also read
     * the body once more, of which nobody asks anything any more: it gets one without data.
     */
    private static void forFunqy(RoutingContext context, Event event) {
        MultiMap headers = context.request().headers();
        if (isStructured(context.request())) {
            List.copyOf(headers.names()).stream()
                    .filter(name -> name.regionMatches(true, 0, "ce-", 0, 3))
                    .forEach(headers::remove);
            headers.set("Content-Type", STRUCTURED);
        } else {
            headers.set("ce-type", event.attributes().get("type"));
            headers.set("ce-specversion", event.attributes().get("specversion"));
        }
        ((RoutingContextInternal) context).setBody(new JsonObject(Map.copyOf(event.attributes())).toBuffer());
    }
}
