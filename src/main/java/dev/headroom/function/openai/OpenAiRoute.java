package dev.headroom.function.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.Pipeline;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code /v1}: embeddings and the list of models as OpenAI's clients ask for them. */
@Singleton
public class OpenAiRoute {

    /** The header by which OpenAI's clients name an answer when they report it. */
    public static final String REQUEST_ID = "x-request-id";

    private final Pipelines pipelines;
    private final JsonEndpoint door;
    private final InputReader reader;
    private final long started = Instant.now().getEpochSecond();

    OpenAiRoute(Pipelines pipelines, JsonEndpoint door, InputReader reader) {
        this.pipelines = pipelines;
        this.door = door;
        this.reader = reader;
    }

    /**
     * A model that is served.
     *
     * @param created when this process started, in seconds since 1970
     */
    @RegisterForReflection
    record Model(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy) {}

    /** The models that are served. */
    @RegisterForReflection
    record Models(String object, List<Model> data) {}

    void route(@Observes Router router) {
        router.route("/v1/*").handler(context -> {
            context.response().putHeader(REQUEST_ID, Problem.newInstance());
            context.next();
        });
        router.post("/v1/embeddings").handler(door.of(this::embed));
        router.route("/v1/models").handler(door.shown(context -> models()));
        router.route("/v1/models/:id")
                .handler(door.shown(context -> model(
                        pipelines.named(Optional.of(context.pathParam("id"))).name())));
    }

    private JsonEndpoint.Pending embed(JsonNode body, Urgency urgency) {
        EmbeddingsRequest request = EmbeddingsRequest.read(body, reader);
        Pipeline pipeline = pipelines.doing("embed", request.model());
        RunningRequest running = request.input().run(pipeline, request.options(), urgency);
        return new JsonEndpoint.Pending(
                running,
                running.answers()
                        .thenApply(answers -> EmbeddingsResponse.of(pipeline.name(), answers, request.base64())));
    }

    private Models models() {
        return new Models("list", pipelines.names().stream().map(this::model).toList());
    }

    private Model model(String name) {
        return new Model(name, "model", started, "headroom");
    }
}
