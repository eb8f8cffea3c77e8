package dev.headroom.function.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Door;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.JsonFields;
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
import java.util.Map;
import java.util.Optional;

/** {@code /v1}: embeddings and the list of models as OpenAI's clients ask for them. */
@Singleton
class OpenAiRoute implements Door {

    /** The header that identifies an answer to OpenAI's clients. */
    private static final String REQUEST_ID = "x-request-id";

    private static final String EMBEDDINGS = "/v1/embeddings";

    /** The path of a model, whose name may have slashes. */
    private static final String MODEL = "/v1/models/(?<id>.+)";

    /** OpenAI's words for the statuses. */
    private static final Map<Integer, String> TYPES = Map.of(
            401, "authentication_error",
            403, "permission_error",
            429, "rate_limit_error");

    private final Pipelines pipelines;
    private final JsonEndpoint endpoint;
    private final InputReader reader;
    private final long started = Instant.now().getEpochSecond();

    OpenAiRoute(Pipelines pipelines, JsonEndpoint endpoint, InputReader reader) {
        this.pipelines = pipelines;
        this.endpoint = endpoint;
        this.reader = reader;
    }

    /**
     * A model that is served.
     *
     * @param created when this process started, in seconds since 1970
     * @param state an extension: if it is open, and what else where it is not
     */
    @RegisterForReflection
    record Model(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy,
            ModelState state) {}

    /** The models that are served. */
    @RegisterForReflection
    record Models(String object, List<Model> data) {}

    void route(@Observes Router router) {
        router.route("/v1/*").handler(context -> {
            context.response().putHeader(REQUEST_ID, Problem.newInstance());
            context.next();
        });
        router.route(EMBEDDINGS).handler(endpoint.posted(this::embed));
        router.route("/v1/models").handler(endpoint.shown(context -> models()));
        router.routeWithRegex(MODEL)
                .handler(endpoint.shown(context -> model(
                        pipelines.named(Optional.of(context.pathParam("id"))).name())));
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
        return path.equals(EMBEDDINGS);
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        int status = failure instanceof Failure.TooLong ? 400 : problem.status();
        JsonObject error = new JsonObject()
                .put("message", problem.detail())
                .put("type", TYPES.getOrDefault(status, status < 500 ? "invalid_request_error" : "server_error"))
                .putNull("param")
                .put("code", code(failure, problem));
        response.putHeader(REQUEST_ID, problem.instance());
        Door.send(response, status, "application/json", new JsonObject().put("error", error));
    }

    /** The code by which OpenAI's clients tell failures apart. */
    private static String code(Failure failure, Problem problem) {
        return switch (failure) {
            case Failure.UnknownModel _ -> "model_not_found";
            case Failure.TooLong _ -> "context_length_exceeded";
            case Failure.Overloaded _ -> "rate_limit_exceeded";
            case Failure _ -> problem.code().replace('-', '_');
        };
    }

    private PendingAnswer<?> embed(JsonNode body, Urgency urgency) {
        EmbeddingsRequest request = EmbeddingsRequest.read(body, reader);
        NamedModel model = pipelines.doing(TaskSpec.Embed.class, request.model());
        if (request.message() && model.graphs().size() == 1) {
            throw JsonFields.invalid(
                    "messages are taken by models of texts and images, and model '%s' is of texts alone; send input.",
                    model.name());
        }
        RunningRequest running = request.input().run(model, request.optionsFor(model), urgency);
        return PendingAnswer.of(
                running,
                running.answers().thenApply(answers -> EmbeddingsResponse.of(model.name(), answers, request.base64())));
    }

    private Models models() {
        return new Models("list", pipelines.names().stream().map(this::model).toList());
    }

    private Model model(String name) {
        return new Model(
                name, "model", started, "headroom", pipelines.status(name).state());
    }
}
