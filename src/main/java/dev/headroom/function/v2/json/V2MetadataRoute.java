package dev.headroom.function.v2.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.headroom.function.AnswerWriter;
import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.v2.V2Model;
import dev.headroom.function.v2.V2Models;
import dev.headroom.serving.ModelControl;
import dev.headroom.tensor.Port;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers the protocol's questions about the server and its models. */
@Singleton
@RegisterForReflection(targets = Port.class)
class V2MetadataRoute {

    private final V2Models models;
    private final ModelControl control;
    private final BodyJson bodies;

    V2MetadataRoute(V2Models models, ModelControl control, BodyJson bodies) {
        this.models = models;
        this.control = control;
        this.bodies = bodies;
    }

    void route(@Observes Router router) {
        V2Paths.get(router, "/v2", this::server);
        V2Paths.get(
                router, "/v2/health/live", context -> status(context, models.live(), Map.of("live", models.live())));
        V2Paths.get(
                router,
                "/v2/health/ready",
                context -> status(context, models.ready(), Map.of("ready", models.ready())));
        V2Paths.ofModel(HttpMethod.GET, router, "", models::knows, this::model);
        V2Paths.ofModel(HttpMethod.GET, router, "/ready", models::knows, this::modelReady);
        V2Paths.post(router, "/v2/repository/index", context -> BodyThread.read(context, room -> index(context, room)));
        V2Paths.ofRepository(router, "/load", context -> change(context, control::load));
        V2Paths.ofRepository(router, "/unload", context -> change(context, control::unload));
    }

    /** Answers once the model is open, or closed. The body's parameters are not read: the folder says all. */
    private static void change(RoutingContext context, Function<String, CompletableFuture<Void>> change) {
        change.apply(V2Paths.model(context))
                .whenComplete(
                        (done, failure) -> AnswerWriter.complete(context, Map.of(), failure, V2MetadataRoute::json));
    }

    private void server(RoutingContext context) {
        answer(
                context,
                Map.of("name", V2Models.SERVER, "version", models.serverVersion(), "extensions", V2Models.EXTENSIONS));
    }

    private void model(RoutingContext context) {
        models.named(V2Paths.model(context), V2Paths.version(context), UrgencyReader.of(context, false))
                .write(context, (response, model) -> json(response, metadata(model)));
    }

    private static Map<String, Object> metadata(V2Model model) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", model.name());
        metadata.put("versions", List.of(V2Models.VERSION));
        metadata.put("platform", V2Models.PLATFORM);
        metadata.put("inputs", model.ports().inputs());
        metadata.put("outputs", model.ports().outputs());
        return metadata;
    }

    private void modelReady(RoutingContext context) {
        String name = V2Paths.model(context);
        boolean ready = models.ready(name, V2Paths.version(context));
        status(context, ready, Map.of("name", name, "ready", ready));
    }

    private void index(RoutingContext context, ParseMemory room) {
        Buffer body = context.body().buffer();
        JsonNode asked = body == null || body.length() == 0 ? MissingNode.getInstance() : bodies.read(body, room);
        answer(context, models.index(asked.path("ready").asBoolean()));
    }

    private static void status(RoutingContext context, boolean good, Object body) {
        context.response().setStatusCode(good ? 200 : 503);
        answer(context, body);
    }

    private static void answer(RoutingContext context, Object body) {
        context.response().end(json(context.response(), body));
    }

    private static Buffer json(HttpServerResponse response, Object body) {
        response.putHeader("Content-Type", "application/json");
        return Json.encodeToBuffer(body);
    }
}
