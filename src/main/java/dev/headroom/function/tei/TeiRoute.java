package dev.headroom.function.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.AllowedMethod;
import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.rerank.DocumentRanking;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.Answer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The paths of Hugging Face's text-embeddings-inference (TEI) for embedding, classifying and ranking. */
@Singleton
class TeiRoute implements Door {

    private static final Set<String> INFERENCE = Set.of(
            "/embed", "/rerank", "/predict", "/similarity", "/embed_all", "/embed_sparse", "/tokenize", "/decode");

    private static final Set<String> SHOWN = Set.of("/info", "/health");

    /** TEI's words for the statuses. */
    private static final Map<Integer, String> TYPES = Map.of(429, "Overloaded", 503, "Unhealthy");

    private final Pipelines pipelines;
    private final JsonEndpoint endpoint;
    private final TeiInfo info;
    private final InputReader reader;
    private final DocumentRanking ranking;
    private final TeiTokenizer tokenizer;

    TeiRoute(
            Pipelines pipelines,
            JsonEndpoint endpoint,
            TeiInfo info,
            InputReader reader,
            DocumentRanking ranking,
            TeiTokenizer tokenizer) {
        this.pipelines = pipelines;
        this.endpoint = endpoint;
        this.info = info;
        this.reader = reader;
        this.ranking = ranking;
        this.tokenizer = tokenizer;
    }

    void route(@Observes Router router) {
        router.route("/embed").handler(endpoint.posted(this::embed));
        router.route("/similarity").handler(endpoint.posted(this::similarity));
        router.route("/predict").handler(endpoint.posted(this::predict));
        router.route("/rerank").handler(endpoint.posted(this::rerank));
        router.route("/embed_all").handler(endpoint.posted(this::embedAll));
        router.route("/tokenize")
                .handler(endpoint.answered((body, urgency) -> context -> endpoint.answering(
                                tokenizer.tokenize(body, urgency, RequestMemory.Share.of(context)))
                        .accept(context)));
        router.route("/decode").handler(endpoint.posted(tokenizer::decode));
        router.route("/embed_sparse").handler(endpoint.posted(this::embedSparse));
        router.route("/info")
                .blockingHandler(endpoint.shown(context -> info.of(
                        pipelines.named(context.queryParam("model").stream().findFirst()))));
        router.route("/health").handler(this::health);
    }

    @Override
    public String name() {
        return "tei";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return INFERENCE.contains(path) || SHOWN.contains(path) || isPostedToRoot(request, path);
    }

    /** True for clients that post to the server's address without a path. */
    private static boolean isPostedToRoot(HttpServerRequest request, String path) {
        return path.equals("/")
                && request.method() == HttpMethod.POST
                && Doors.mediaType(request).equals("application/json");
    }

    @Override
    public boolean infers(String path) {
        return !SHOWN.contains(path);
    }

    @Override
    public boolean isHealth(String path) {
        return path.equals("/health");
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        int status = problem.status();
        String type = TYPES.getOrDefault(status, status < 500 ? "Validation" : "Backend");
        JsonObject error = new JsonObject().put("error", problem.detail()).put("error_type", type);
        Door.send(response, status, "application/json", error);
    }

    /** The answer to a request without a path, whose model says what is asked for. */
    PendingAnswer<?> byTask(JsonNode body, Optional<String> model, Urgency urgency) {
        TaskSpec task = pipelines.named(model).forTexts().spec();
        return switch (task) {
            case TaskSpec.Embed _ -> embed(body, urgency);
            case TaskSpec.Sparse _ -> embedSparse(body, urgency);
            case TaskSpec.Classify _ -> predict(body, urgency);
            case TaskSpec.Rerank _ -> rerank(body, urgency);
            case TaskSpec.Image _, TaskSpec.Generate _, TaskSpec.Tensors _ ->
                throw JsonFields.invalid(
                        "The model is for the task %s, which is not asked for here; see /infer and /v2.", task.name());
        };
    }

    private PendingAnswer<?> embed(JsonNode body, Urgency urgency) {
        TeiRequest request = TeiRequest.embed(body, reader);
        return run(TaskSpec.Embed.class, request, urgency, TeiResponse::vectors);
    }

    private PendingAnswer<?> embedAll(JsonNode body, Urgency urgency) {
        TeiRequest request = TeiRequest.embedAll(body, reader);
        return run(TaskSpec.Embed.class, request, urgency, TeiResponse::tokenVectors);
    }

    private PendingAnswer<?> embedSparse(JsonNode body, Urgency urgency) {
        TeiRequest request = TeiRequest.embedSparse(body, reader);
        return run(TaskSpec.Sparse.class, request, urgency, TeiResponse::sparse);
    }

    private PendingAnswer<?> similarity(JsonNode body, Urgency urgency) {
        TeiRequest request = TeiRequest.similarity(body, reader);
        return run(TaskSpec.Embed.class, request, urgency, TeiResponse::similarities);
    }

    private PendingAnswer<?> predict(JsonNode body, Urgency urgency) {
        TeiRequest request = TeiRequest.predict(body, reader);
        return run(TaskSpec.Classify.class, request, urgency, answers -> {
            List<List<TeiResponse.Prediction>> predictions = TeiResponse.predictions(answers);
            return TeiRequest.isBatch(body.path("inputs")) ? predictions : predictions.getFirst();
        });
    }

    private PendingAnswer<?> rerank(JsonNode body, Urgency urgency) {
        if (DocumentRanking.asks(body)) {
            return ranking.rank(body, urgency, true);
        }
        TeiRequest request = TeiRequest.rerank(body, reader);
        boolean withText = JsonFields.among(body, List.of()).flag("return_text").orElse(false);
        return run(
                TaskSpec.Rerank.class,
                request,
                urgency,
                answers -> TeiResponse.ranks(request.inputs(), answers, withText));
    }

    private PendingAnswer<?> run(
            Class<? extends TaskSpec.OfText> task,
            TeiRequest request,
            Urgency urgency,
            Function<List<Answer>, ?> response) {
        RunningRequest running =
                request.inputs().run(pipelines.doing(task, request.model()), request.options(), urgency);
        return PendingAnswer.of(running, running.answers().thenApply(response));
    }

    /** Answers with the status alone. */
    private void health(RoutingContext context) {
        AllowedMethod.check(context, HttpMethod.GET);
        if (!pipelines.ready()) {
            throw new RequestFailedException(
                    new Failure.Unavailable("Nothing is served now. Try again.", Duration.ofSeconds(2)));
        }
        context.response().end();
    }
}
