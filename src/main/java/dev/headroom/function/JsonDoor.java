package dev.headroom.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ReadingRoom;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Terms;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Inference that is asked for in JSON: the way from a body to its answer that all such doors share.
 */
@Singleton
public class JsonDoor {

    private final ObjectMapper json;
    private final BodyJson bodies;

    JsonDoor(ObjectMapper json, BodyJson bodies) {
        this.json = json;
        this.bodies = bodies;
    }

    /**
     * A request under way and the body of its answer, to be written as JSON.
     *
     * @param body may fail with a {@link RequestFailedException}
     */
    public record Pending(RunningRequest running, CompletableFuture<?> body) {}

    /** Starts on a request. */
    public interface Starting {

        /** Reads the body and starts; fails with a {@link RequestFailedException}. */
        Pending start(JsonNode body, Terms terms);
    }

    /** A handler of what is posted at this door. */
    public Handler<RoutingContext> of(Starting door) {
        return context -> BodyThread.read(context, room -> start(door, context, room));
    }

    /** A handler of what is looked at here, with GET. */
    public Handler<RoutingContext> shown(Function<RoutingContext, ?> body) {
        return context -> {
            checkShown(context);
            answer(context, "application/json", body.apply(context));
        };
    }

    /** Refuses other methods than GET. */
    public static void checkShown(RoutingContext context) {
        HttpMethod method = context.request().method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            context.response().putHeader("Allow", "GET");
            throw new RequestFailedException(new Failure.WrongMethod(
                    "%s is answered to GET only.".formatted(context.request().path())));
        }
    }

    private void start(Starting door, RoutingContext context, ReadingRoom room) {
        Pending pending =
                door.start(bodies.read(context.body().buffer(), room), RequestTerms.of(context.request(), false));
        pending.running.abandonWith(context);
        pending.body.whenComplete((answer, failure) -> {
            ServerTiming.slowest(context, pending.running.slowest());
            if (failure == null) {
                answer(context, "application/json", answer);
            } else {
                context.fail(failure instanceof CompletionException e ? e.getCause() : failure);
            }
        });
    }

    /** Answers with this, written as JSON. */
    public void answer(RoutingContext context, String mediaType, Object answer) {
        try {
            Buffer body = Buffer.buffer(json.writeValueAsBytes(answer));
            context.response().putHeader("Content-Type", mediaType).end(body);
        } catch (JsonProcessingException | RuntimeException | Error e) {
            context.fail(new RequestFailedException(new Failure.Internal("The answer could not be written.", e)));
        }
    }
}
