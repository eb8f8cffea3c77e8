package dev.headroom.function.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.batch.Terms;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.Inputs;
import dev.headroom.function.JsonFields;
import dev.headroom.function.Problem;
import dev.headroom.function.RequestTerms;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.EventInference.Answered;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Answers events that come together with as many that go together: each has its reply, whatever becomes of others. */
@Singleton
class EventBatch {

    private final EventReader reader;
    private final EventInference inference;
    private final Inputs limits;
    private final ObjectMapper json;

    EventBatch(EventReader reader, EventInference inference, Inputs limits, ObjectMapper json) {
        this.reader = reader;
        this.inference = inference;
        this.limits = limits;
        this.json = json;
    }

    /**
     * Starts on the events, and answers when each has its reply.
     *
     * @throws RequestFailedException when they are no batch, or too many
     */
    void answer(RoutingContext context, JsonNode events) {
        check(events);
        Terms terms = RequestTerms.of(context.request(), true);
        List<CompletableFuture<Map<String, Object>>> replies = new ArrayList<>();
        List<Runnable> leave = new ArrayList<>();
        for (JsonNode event : events) {
            replies.add(reply(event, terms, leave));
        }
        EventRoute.leaveWith(context, () -> leave.forEach(Runnable::run));
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

    private CompletableFuture<Map<String, Object>> reply(JsonNode element, Terms terms, List<Runnable> leave) {
        EventReply reply = new EventReply(EventAttributes.readable(element));
        try {
            Event event = reader.structured(element);
            Share<Answered> share = inference.start(event, RequestTerms.of(event.attributes(), terms));
            leave.add(share.leave());
            return share.result()
                    .handle((answered, failure) ->
                            failure == null ? reply.result(answered.response()) : error(reply, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(error(reply, e));
        }
    }

    private static Map<String, Object> error(EventReply reply, Throwable cause) {
        Failure failure = FailureHandler.failure(cause)
                .orElseGet(() -> new Failure.Internal("The event could not be answered.", cause));
        Problem problem = Problem.of(failure, Problem.newInstance());
        problem.log(failure);
        return reply.error(problem.ofEvent());
    }

    private void write(RoutingContext context, List<Map<String, Object>> replies) {
        try {
            context.response()
                    .putHeader("Content-Type", EventRoute.BATCHED)
                    .end(Buffer.buffer(json.writeValueAsBytes(replies)));
        } catch (JsonProcessingException e) {
            context.fail(new RequestFailedException(new Failure.Internal("The answer could not be written.", e)));
        }
    }
}
