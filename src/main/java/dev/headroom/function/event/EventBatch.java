package dev.headroom.function.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
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
        CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
            if (failure == null) {
                write(context, replies.stream().map(CompletableFuture::join).toList());
            } else {
                context.fail(failure);
            }
        });
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
        Problem problem = Problem.of(failure, Problem.newInstance());
        problem.log(failure);
        return new Replied(reply.error(problem.ofEvent()), Optional.of(failure));
    }

    private void write(RoutingContext context, List<Replied> replies) {
        List<Failure> passing = replies.stream()
                .flatMap(replied -> replied.failure.stream())
                .filter(failure -> Problem.of(failure, "").retriable())
                .toList();
        if (!replies.isEmpty() && passing.size() == replies.size()) {
            context.fail(new RequestFailedException(passing.getFirst()));
            return;
        }
        try {
            context.response()
                    .putHeader("Content-Type", EventRoute.BATCHED)
                    .end(Buffer.buffer(json.writeValueAsBytes(
                            replies.stream().map(Replied::reply).toList())));
        } catch (JsonProcessingException | RuntimeException | Error e) {
            context.fail(new RequestFailedException(new Failure.Internal("The answer could not be written.", e)));
        }
    }
}
