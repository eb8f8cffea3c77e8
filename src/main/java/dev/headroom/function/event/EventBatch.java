package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.Inputs;
import dev.headroom.function.JsonDoor;
import dev.headroom.function.Problem;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.RequestTerms;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ReadingRoom;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Terms;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
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
    private final Inputs limits;
    private final JsonDoor door;

    EventBatch(EventReader reader, EventInference inference, Inputs limits, JsonDoor door) {
        this.reader = reader;
        this.inference = inference;
        this.limits = limits;
        this.door = door;
    }

    /** The reply to an event, and the failure of one that failed. */
    private record Replied(Map<String, Object> reply, Optional<Failure> failure) {}

    /**
     * Starts on the events, and answers when each has its reply. The batch fails where all its events fail in ways that may pass,
     * such as while the service drains, so that its sender tries again.
     *
     * @throws RequestFailedException when the JSON is no batch, or has too many events
     */
    void answer(RoutingContext context, JsonNode events, ReadingRoom room) {
        check(events);
        Terms terms = RequestTerms.of(context.request(), true);
        List<CompletableFuture<Replied>> replies = new ArrayList<>();
        List<Runnable> leave = new ArrayList<>();
        for (JsonNode event : events) {
            replies.add(reply(event, room, terms, leave));
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

    private CompletableFuture<Replied> reply(JsonNode element, ReadingRoom room, Terms terms, List<Runnable> leave) {
        EventReply reply = new EventReply(EventAttributes.readable(element));
        try {
            Event event = reader.structured(element, room);
            Share<InferResponse> share = inference.start(event, RequestTerms.of(event.attributes(), terms));
            leave.add(share.leave());
            return share.result()
                    .handle((response, failure) -> failure == null
                            ? new Replied(reply.result(response), Optional.empty())
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
        door.answer(
                context,
                EventRoute.BATCHED,
                replies.stream().map(Replied::reply).toList());
    }
}
