package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.Problem;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.infer.InferResponse;
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

/** Answers a batch of events with a batch of replies: each event has its own, whether others fail or not. */
@Singleton
class EventBatch {

    private final EventReader reader;
    private final EventInference inference;
    private final InputReader limits;
    private final JsonEndpoint endpoint;

    EventBatch(EventReader reader, EventInference inference, InputReader limits, JsonEndpoint endpoint) {
        this.reader = reader;
        this.inference = inference;
        this.limits = limits;
        this.endpoint = endpoint;
    }

    /** The reply to an event, and the failure of one that failed. */
    private record Replied(Map<String, Object> reply, Optional<Failure> failure) {}

    /**
     * Starts on the events, and answers when each has its reply. The batch fails where all its events fail in ways that may pass,
     * such as while the service drains, so that its sender tries again.
     *
     * @throws RequestFailedException when the JSON is no batch, or has too many events
     */
    void answer(RoutingContext context, JsonNode events, ParseMemory room) {
        check(events);
        Urgency urgency = UrgencyReader.of(context, true);
        List<CompletableFuture<Replied>> replies = new ArrayList<>();
        List<Runnable> leave = new ArrayList<>();
        for (JsonNode event : events) {
            replies.add(reply(event, room, urgency, leave));
        }
        CompletableFuture<List<Replied>> replied = CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(done -> replies.stream().map(CompletableFuture::join).toList());
        new PendingAnswer<>(() -> leave.forEach(Runnable::run), replied, all -> Optional.empty())
                .write(context, this::write);
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
        EventReply reply = EventReply.inBatch(EventAttributes.readable(element));
        try {
            Event event = reader.structured(element, room);
            Urgency own = UrgencyReader.of(event.attributes(), urgency);
            Share<InferResponse> share = inference.start(event, own);
            EventReply traced = reply.continuing(own.trace());
            leave.add(share.leave());
            return share.result()
                    .handle((response, failure) -> failure == null
                            ? new Replied(traced.result(response), Optional.empty())
                            : error(traced, failure));
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

    private Buffer write(HttpServerResponse response, List<Replied> replies) throws IOException {
        List<Failure> passing = replies.stream()
                .flatMap(replied -> replied.failure.stream())
                .filter(Failure::mayPass)
                .toList();
        if (!replies.isEmpty() && passing.size() == replies.size()) {
            throw new RequestFailedException(passing.getFirst());
        }
        List<Map<String, Object>> events = replies.stream().map(Replied::reply).toList();
        return endpoint.writer(EventRoute.BATCHED).write(response, events);
    }
}
