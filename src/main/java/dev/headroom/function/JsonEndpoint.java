package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes handlers of paths that read and answer JSON. */
@Singleton
public class JsonEndpoint {

    private final ObjectMapper json;
    private final BodyJson bodies;

    JsonEndpoint(ObjectMapper json, BodyJson bodies) {
        this.json = json;
        this.bodies = bodies;
    }

    /**
     * A handler of inference, which is asked for by POST.
     *
     * @param inference reads the body and starts; fails with a {@link RequestFailedException}
     */
    public Handler<RoutingContext> posted(BiFunction<JsonNode, Urgency, PendingAnswer<?>> inference) {
        return answered((body, urgency) -> answering(inference.apply(body, urgency)));
    }

    /** Answers once there is an answer. */
    public Consumer<RoutingContext> answering(PendingAnswer<?> answer) {
        return context -> answer.write(context, writer("application/json"));
    }

    /**
     * A handler of inference that answers in a way of its own.
     *
     * @param inference reads the body, and returns what starts and answers; both fail with a {@link RequestFailedException}
     */
    public Handler<RoutingContext> answered(BiFunction<JsonNode, Urgency, Consumer<RoutingContext>> inference) {
        return context -> {
            AllowedMethod.check(context, HttpMethod.POST);
            checkBody(context);
            BodyThread.read(context, memory -> start(inference, context, memory));
        };
    }

    /** A handler of what is read by GET. */
    public Handler<RoutingContext> shown(Function<RoutingContext, ?> body) {
        return context -> {
            AllowedMethod.check(context, HttpMethod.GET);
            AnswerWriter.complete(context, body.apply(context), null, writer("application/json"));
        };
    }

    private static void checkBody(RoutingContext context) {
        String type = Doors.mediaType(context.request());
        if (!type.equals("application/json")) {
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "The content type is '%s'; send application/json, or an event as application/cloudevents+json."
                            .formatted(type)));
        }
        if (context.body().isEmpty()) {
            throw new RequestFailedException(
                    new Failure.Invalid("The body is empty; send a JSON object such as {\"inputs\": [\"text\"]}."));
        }
    }

    private void start(
            BiFunction<JsonNode, Urgency, Consumer<RoutingContext>> inference,
            RoutingContext context,
            ParseMemory memory) {
        inference
                .apply(bodies.read(context.body().buffer(), memory), UrgencyReader.of(context, false))
                .accept(context);
    }

    /** Writes answers as JSON of this media type. */
    public AnswerWriter<Object> writer(String mediaType) {
        return (response, answer) -> {
            byte[] body = json.writeValueAsBytes(answer);
            response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
            return AnswerWriter.uncopied(body);
        };
    }
}
