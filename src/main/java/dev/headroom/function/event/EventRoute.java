package dev.headroom.function.event;

import dev.headroom.function.AllowedMethod;
import dev.headroom.function.AnswerWriter;
import dev.headroom.function.Doors;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.request.Urgency;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/** CloudEvents, at any path: reads an event, has the function called, and writes the event that replies. */
@Singleton
class EventRoute {

    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCHED = "application/cloudevents-batch+json";

    private final EventReader reader;
    private final EventInference inference;
    private final EventBatch batch;
    private final BodyJson bodies;
    private final JsonEndpoint endpoint;
    private final EventDoor door;

    EventRoute(
            EventReader reader,
            EventInference inference,
            EventBatch batch,
            BodyJson bodies,
            JsonEndpoint endpoint,
            EventDoor door) {
        this.reader = reader;
        this.inference = inference;
        this.batch = batch;
        this.bodies = bodies;
        this.endpoint = endpoint;
        this.door = door;
    }

    /** Stands before all other routes of the paths that events come to, Funqy's among them. */
    void route(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(context -> {
            if (door.has(context)) {
                AllowedMethod.check(context, HttpMethod.POST, "An event");
                BodyThread.read(context, room -> answer(context, room));
            } else {
                context.next();
            }
        });
    }

    private void answer(RoutingContext context, ParseMemory room) {
        if (Doors.mediaType(context.request()).equals(BATCHED)) {
            batch.answer(context, bodies.read(context.body().buffer(), room), room);
            return;
        }
        Event event = event(context.request(), context.body().buffer(), room);
        Urgency urgency = UrgencyReader.of(event.attributes(), UrgencyReader.of(context, true));
        Share<InferResponse> share = inference.start(event, urgency);
        new PendingAnswer<>(share.leave(), share.result(), response -> timing(share, response))
                .write(
                        context,
                        writer(context, EventReply.to(event.attributes()).continuing(urgency.trace())));
    }

    /** The timing of the event's own items; empty for a duplicate and after a failure. */
    private static Optional<Timing> timing(Share<InferResponse> share, InferResponse response) {
        return share.duplicate() || response == null ? Optional.empty() : response.slowest();
    }

    private Event event(HttpServerRequest request, Buffer body, ParseMemory room) {
        String type = Doors.mediaType(request);
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
    private AnswerWriter<InferResponse> writer(RoutingContext context, EventReply reply) {
        if (Doors.mediaType(context.request()).equals(STRUCTURED)) {
            return (response, answer) -> endpoint.writer(STRUCTURED).write(response, reply.result(answer));
        }
        return (response, answer) -> {
            reply.headers().forEach(response::putHeader);
            return endpoint.writer(EventReply.DATA_TYPE).write(response, answer);
        };
    }
}
