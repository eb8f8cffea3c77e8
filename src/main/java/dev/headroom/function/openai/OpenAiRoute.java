package dev.headroom.function.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Door;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.TextModels;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Urgency;
import dev.headroom.serving.ModelState;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.NamedModel;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code /v1}: embeddings and the list of models as OpenAI's clients ask for them. */
@Singleton
class OpenAiRoute implements Door {

    /** The header that identifies an answer to OpenAI's clients. */
    private static final String REQUEST_ID = "x-request-id";

    /** The path of a model, whose name may have slashes. */
    private static final String MODEL = "/v1/models/(?<id>.+)";

    private final Pipelines pipelines;
    private final TextModels texts;
    private final JsonEndpoint endpoint;
    private final InputReader reader;
    private final long started = Instant.now().getEpochSecond();

    OpenAiRoute(Pipelines pipelines, TextModels texts, JsonEndpoint endpoint, InputReader reader) {
        this.pipelines = pipelines;
        this.texts = texts;
        this.endpoint = endpoint;
        this.reader = reader;
    }

    /**
     * A model that is served.
     *
     * @param created when this process started, in seconds since 1970
     * @param state an extension: if it is open, and what else where it is not
     * @param maxLength an extension of vLLM: the most tokens of a prompt and its continuation, where the model generates text
     */
    @RegisterForReflection
    record Model(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy,
            ModelState state,

            @JsonProperty("max_model_len") @JsonInclude(JsonInclude.Include.NON_NULL)
            Integer maxLength) {}

    /** The models that are served. */
    @RegisterForReflection
    record Models(String object, List<Model> data) {}

    void route(@Observes Router router) {
        router.route("/v1/*").handler(context -> {
            context.response().putHeader(REQUEST_ID, Problem.newInstance());
            context.next();
        });
        router.route(OpenAiPaths.EMBEDDINGS).handler(endpoint.posted(this::embed));
        router.route("/v1/models").handler(endpoint.shown(context -> models()));
        router.routeWithRegex(MODEL).handler(endpoint.shown(context -> shown(context.pathParam("id"))));
    }

    @Override
    public String name() {
        return "openai";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return path.equals("/v1") || path.startsWith("/v1/");
    }

    @Override
    public boolean infers(String path) {
        return OpenAiPaths.INFERENCE.contains(path);
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        response.putHeader(REQUEST_ID, problem.instance());
        JsonObject error = JsonObject.mapFrom(OpenAiError.of(failure, problem));
        Door.send(response, OpenAiError.status(failure, problem), "application/json", error);
    }

    private PendingAnswer<?> embed(JsonNode body, Urgency urgency) {
        EmbeddingsRequest request = EmbeddingsRequest.read(body, reader);
        NamedModel model = pipelines.doing(TaskSpec.Embed.class, request.model());
        if (request.message() && model.graphs().size() == 1) {
            throw JsonFields.wrong(
                    "messages",
                    "are taken by models of texts and images, and model '%s' is of texts alone; send input.",
                    model.name());
        }
        RunningRequest running = request.input().run(model, request.optionsFor(model), urgency);
        return PendingAnswer.of(
                running,
                running.answers().thenApply(answers -> EmbeddingsResponse.of(model.name(), answers, request.base64())));
    }

    private Model shown(String name) {
        pipelines.checkServing();
        return model(
                texts.find(name).isPresent()
                        ? name
                        : pipelines.named(Optional.of(name)).name());
    }

    private Models models() {
        return new Models("list", pipelines.allNames().stream().map(this::model).toList());
    }

    private Model model(String name) {
        Optional<TextModel> text = texts.find(name);
        return new Model(
                name,
                "model",
                started,
                "headroom",
                text.isPresent() ? ModelState.OPEN : pipelines.status(name).state(),
                text.map(TextModel::contextLength).orElse(null));
    }
}
