package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.AnswerWriter;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.InputReader;
import dev.headroom.function.Problem;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.EventInference.Answered;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Answers events that come together with as many that go together: each has its reply, whatever becomes of others. */
@Singleton
class EventBatch {

    private final EventReader reader;
    private final EventInference inference;
    private final InputReader limits;
    private final ObjectMapper json;

    EventBatch(EventReader reader, EventInference inference, InputReader limits, ObjectMapper json) {
        this.reader = reader;
        this.inference = inference;
        this.limits = limits;
        this.json = json;
    }

    /** The reply to an event, and why it failed where it did. */
    private record Replied(Map<String, Object> reply, Optional<Failure> failure) {}

    /**
     * Starts on the events, and answers when each has its reply. Where all have failed in ways that may pass, such as while
     * the service drains, the batch fails: who sent it is to try again.
     *
     * @throws RequestFailedException when they are no batch, or too many
     */
    void answer(RoutingContext context, JsonNode events, ParseMemory room) {
        check(events);
        Urgency urgency = UrgencyReader.of(context.request(), true);
        List<CompletableFuture<Replied>> replies = new ArrayList<>();
        List<Runnable> leave = new ArrayList<>();
        for (JsonNode event : events) {
            replies.add(reply(event, room, urgency, leave));
        }
        RequestEnd.follow(context, () -> leave.forEach(Runnable::run));
        CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(done -> replies.stream().map(CompletableFuture::join).toList())
                .whenComplete((replied, failure) -> AnswerWriter.complete(context, replied, failure, this::write));
    }

    private void check(JsonNode events) {
        if (!events.isArray()) {
            throw JsonFields.invalid("The batch is %s; send a JSON array of events.", JsonFields.kind(events));
        }
        if (!events.isEmpty()) {
            limits.checkCount("The batch", events.size());
        }
    }

    private CompletableFuture<Replied> reply(
            JsonNode element, ParseMemory room, Urgency urgency, List<Runnable> leave) {
        EventReply reply = new EventReply(EventAttributes.readable(element));
        try {
            Event event = reader.structured(element, room);
            Share<Answered> share = inference.start(event, UrgencyReader.of(event.attributes(), urgency));
            leave.add(share.leave());
            return share.result()
                    .handle((answered, failure) -> failure == null
                            ? new Replied(reply.result(answered.response()), Optional.empty())
                            : error(reply, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(error(reply, e));
        }
    }

    private static Replied error(EventReply reply, Throwable cause) {
        Failure failure = FailureHandler.failure(cause)
                .orElseGet(() -> new Failure.Internal("The event could not be answered.", cause));
        Problem problem = EventDoor.adapted(failure, Problem.logged(failure));
        return new Replied(reply.error(problem), Optional.of(failure));
    }

    private void write(HttpServerResponse response, List<Replied> replies) throws IOException {
        List<Failure> passing = replies.stream()
                .flatMap(replied -> replied.failure.stream())
                .filter(Failure::mayPass)
                .toList();
        if (!replies.isEmpty() && passing.size() == replies.size()) {
            throw new RequestFailedException(passing.getFirst());
        }
        List<Map<String, Object>> events = replies.stream().map(Replied::reply).toList();
        response.putHeader("Content-Type", EventRoute.BATCHED).end(Buffer.buffer(json.writeValueAsBytes(events)));
    }
}
