package dev.headroom.function.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Door;
import dev.headroom.function.Inputs;
import dev.headroom.function.JsonDoor;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Terms;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.Answer;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The paths of Hugging Face's text-embeddings-inference, by which its clients embed, classify and rank. */
@Singleton
class TeiRoute {

    private final Pipelines pipelines;
    private final JsonDoor door;
    private final TeiInfo info;
    private final Inputs limits;

    TeiRoute(Pipelines pipelines, JsonDoor door, TeiInfo info, Inputs limits) {
        this.pipelines = pipelines;
        this.door = door;
        this.info = info;
        this.limits = limits;
    }

    /** After the guard, which has the same order as what comes to the root. */
    void route(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) Router router) {
        router.post("/embed").handler(door.of(this::embed));
        router.post("/similarity").handler(door.of(this::similarity));
        router.post("/predict").handler(door.of(this::predict));
        router.post("/rerank").handler(door.of(this::rerank));
        router.route("/embed_all").handler(unserved("a vector for each token"));
        router.route("/embed_sparse").handler(unserved("sparse vectors"));
        router.route("/info")
                .blockingHandler(door.shown(context -> info.of(
                        pipelines.named(context.queryParam("model").stream().findFirst()))));
        router.route("/health").handler(this::health);
        routeRoot(router);
    }

    /** Before Funqy, which takes all that comes there for an event. */
    private void routeRoot(Router router) {
        Handler<RoutingContext> posted = door.of(this::byTask);
        router.post("/").order(RouteConstants.ROUTE_ORDER_COMPRESSION - 1).handler(context -> {
            if (Door.of(context) == Door.TEI) {
                posted.handle(context);
            } else {
                context.next();
            }
        });
    }

    private JsonDoor.Pending byTask(JsonNode body, Terms terms) {
        JsonFields fields = TeiRequest.fields(body, "inputs", "model");
        String task = pipelines.named(fields.text("model")).spec().name();
        return switch (task) {
            case "embed" -> embed(body, terms);
            case "classify" -> predict(body, terms);
            case "rerank" -> rerank(body, terms);
            default ->
                throw JsonFields.invalid(
                        "The model is for the task %s, which is not asked for here; see /infer and /v2.", task);
        };
    }

    private JsonDoor.Pending embed(JsonNode body, Terms terms) {
        TeiRequest request = TeiRequest.embed(body, limits);
        return run("embed", request, terms, TeiResponse::vectors);
    }

    private JsonDoor.Pending similarity(JsonNode body, Terms terms) {
        TeiRequest request = TeiRequest.similarity(body, limits);
        return run("embed", request, terms, TeiResponse::similarities);
    }

    private JsonDoor.Pending predict(JsonNode body, Terms terms) {
        TeiRequest request = TeiRequest.predict(body, limits);
        return run("classify", request, terms, answers -> {
            List<List<TeiResponse.Prediction>> predictions = TeiResponse.predictions(answers);
            return TeiRequest.isBatch(body.path("inputs")) ? predictions : predictions.getFirst();
        });
    }

    private JsonDoor.Pending rerank(JsonNode body, Terms terms) {
        TeiRequest request = TeiRequest.rerank(body, limits);
        boolean withText = JsonFields.among(body, List.of()).flag("return_text").orElse(false);
        return run("rerank", request, terms, answers -> TeiResponse.ranks(request.inputs(), answers, withText));
    }

    private JsonDoor.Pending run(String task, TeiRequest request, Terms terms, Function<List<Answer>, ?> response) {
        RunningRequest running = request.inputs().run(pipelines.doing(task, request.model()), request.options(), terms);
        return new JsonDoor.Pending(running, running.answers().thenApply(response));
    }

    private static Handler<RoutingContext> unserved(String what) {
        return context -> {
            throw new RequestFailedException(new Failure.UnknownPath(
                    "%s is not served here, as no model makes %s; ask /embed for one vector a text."
                            .formatted(context.request().path(), what)));
        };
    }

    /** No door of inference: what asks it asks all the time, and reads the status alone. */
    private void health(RoutingContext context) {
        JsonDoor.checkShown(context);
        if (!pipelines.ready()) {
            throw new RequestFailedException(
                    new Failure.Unavailable("Nothing is served now. Try again.", Duration.ofSeconds(2)));
        }
        context.response().end();
    }
}
