package dev.headroom.function.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.Doors;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.Problem;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.function.trace.Traces;
import dev.headroom.request.Failure;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;

/** Answers the events of brokers' protocols by the function, with the checks and the batching that HTTP's events have. */
@Singleton
public class EventExchange {

    private final EventReader reader;
    private final EventInference inference;
    private final BodyJson bodies;
    private final ObjectMapper json;
    private final long mostBytes;
    private final Traces traces;

    EventExchange(
            EventReader reader,
            EventInference inference,
            BodyJson bodies,
            ObjectMapper json,
            Config config,
            Traces traces) {
        this.reader = reader;
        this.inference = inference;
        this.bodies = bodies;
        this.json = json;
        this.mostBytes = config.getValue("quarkus.http.limits.max-body-size", MemorySize.class)
                .asLongValue();
        this.traces = traces;
    }

    /** An event that has been started on. */
    private record Started(EventReply reply, CompletableFuture<InferResponse> response) {}

    /**
     * Answers a message; waits for the answer. Never throws.
     *
     * @param incoming reads the message; fails with a {@link RequestFailedException}
     */
    public Exchanged ask(Supplier<Message> incoming) {
        try {
            Message message = incoming.get();
            Started started = start(message);
            return new Exchanged.Answered(reply(message, started.reply, started.response.join()));
        } catch (RuntimeException | JsonProcessingException e) {
            return failed(FailureHandler.failure(e).orElseGet(() -> Failure.Internal.unexpected(e)));
        }
    }

    private static Exchanged failed(Failure failure) {
        Problem problem = Problem.logged(failure);
        return failure.mayPass()
                ? new Exchanged.Passing(problem, failure.retryAfter())
                : new Exchanged.Refused(problem);
    }

    private Started start(Message message) {
        if (message.body().length > mostBytes) {
            throw new RequestFailedException(new Failure.TooLarge(
                    "The message has %d bytes, and at most %d are read; send it in parts, or raise quarkus.http.limits.max-body-size."
                            .formatted(message.body().length, mostBytes)));
        }
        try (ParseMemory room = ParseMemory.of(message.body().length, () -> false)) {
            Event event = event(message, room);
            Urgency bulk = new Urgency(Priority.BULK, Optional.empty(), traces.ofNoRequest());
            Urgency urgency = UrgencyReader.of(event.attributes(), bulk);
            EventReply reply = EventReply.to(event.attributes()).continuing(urgency.trace());
            return new Started(reply, inference.start(event, urgency).result());
        }
    }

    private Event event(Message message, ParseMemory room) {
        Buffer body = Buffer.buffer(message.body());
        String type = Doors.mediaType(message.contentType());
        if (type.equals(EventRoute.STRUCTURED)) {
            return reader.structured(bodies.read(body, room), room);
        }
        if (type.startsWith("application/cloudevents")) {
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "Messages are not read as '%s'; send %s, or the attributes as headers and the data as body."
                            .formatted(type, EventRoute.STRUCTURED)));
        }
        return reader.binary(EventAttributes.of(message.attributes()), message.contentType(), body, room);
    }

    private Message reply(Message asked, EventReply reply, InferResponse response) throws JsonProcessingException {
        if (Doors.mediaType(asked.contentType()).equals(EventRoute.STRUCTURED)) {
            return new Message(Map.of(), EventRoute.STRUCTURED, json.writeValueAsBytes(reply.result(response)));
        }
        Map<String, String> attributes = reply.result();
        attributes.remove("datacontenttype");
        return new Message(attributes, EventReply.DATA_TYPE, json.writeValueAsBytes(response));
    }
}
