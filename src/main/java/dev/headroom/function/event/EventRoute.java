package dev.headroom.function.event;

import dev.headroom.function.Door;
import dev.headroom.function.JsonDoor;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.RequestTerms;
import dev.headroom.function.ServerTiming;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ReadingRoom;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Terms;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** CloudEvents, at any path: reads an event, has the function called, and writes the event that replies. */
@Singleton
class EventRoute {

    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCHED = "application/cloudevents-batch+json";

    private final EventReader reader;
    private final EventInference inference;
    private final EventBatch batch;
    private final BodyJson bodies;
    private final JsonDoor door;

    EventRoute(EventReader reader, EventInference inference, EventBatch batch, BodyJson bodies, JsonDoor door) {
        this.reader = reader;
        this.inference = inference;
        this.batch = batch;
        this.bodies = bodies;
        this.door = door;
    }

    /** Stands before all other routes of the paths that events come to, Funqy's among them. */
    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(context -> {
            if (Door.of(context) == Door.EVENT) {
                BodyThread.read(context, room -> answer(context, room));
            } else {
                context.next();
            }
        });
    }

    private void answer(RoutingContext context, ReadingRoom room) {
        if (Door.mediaType(context.request()).equals(BATCHED)) {
            batch.answer(context, bodies.read(context.body().buffer(), room), room);
            return;
        }
        Event event = event(context.request(), context.body().buffer(), room);
        Terms terms = RequestTerms.of(event.attributes(), RequestTerms.of(context.request(), true));
        Share<InferResponse> share = inference.start(event, terms);
        RequestEnd.follow(context, share.leave());
        share.result().whenComplete((response, failure) -> {
            if (failure != null) {
                context.fail(failure);
                return;
            }
            if (!share.duplicate()) {
                ServerTiming.slowest(context, response.slowest());
            }
            write(context, new EventReply(event.attributes()), response);
        });
    }

    private Event event(HttpServerRequest request, Buffer body, ReadingRoom room) {
        String type = Door.mediaType(request);
        if (type.equals(STRUCTURED)) {
            return reader.structured(bodies.read(body, room), room);
        }
        if (type.startsWith("application/cloudevents")) {
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "Events are not read as '%s'; send %s, %s, or the attributes as headers and the data as body."
                            .formatted(type, STRUCTURED, BATCHED)));
        }
        return reader.binary(request, body, room);
    }

    /** Replies in the event's own mode. */
    private void write(RoutingContext context, EventReply reply, InferResponse response) {
        if (Door.mediaType(context.request()).equals(STRUCTURED)) {
            door.answer(context, STRUCTURED, reply.result(response));
        } else {
            reply.headers().forEach(context.response()::putHeader);
            door.answer(context, EventReply.DATA_TYPE, response);
        }
    }
}
