package dev.headroom.function.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Doors;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.tgi.TgiRoute;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code POST /}, which both TEI and TGI have: the model says which of them is meant. */
@Singleton
class TeiRoot {

    private final Pipelines pipelines;
    private final JsonEndpoint endpoint;
    private final TeiRoute tei;
    private final TgiRoute tgi;

    TeiRoot(Pipelines pipelines, JsonEndpoint endpoint, TeiRoute tei, TgiRoute tgi) {
        this.pipelines = pipelines;
        this.endpoint = endpoint;
        this.tei = tei;
        this.tgi = tgi;
    }

    /**
     * Before Funqy, which takes every request at the root for an event, and after the guard, whose handler has the same order.
     */
    void route(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) Router router) {
        Handler<RoutingContext> posted = endpoint.answered(this::byModel);
        router.post("/").order(RouteConstants.ROUTE_ORDER_COMPRESSION - 1).handler(context -> {
            if (tei.has(context)) {
                posted.handle(context);
            } else {
                context.next();
            }
        });
    }

    private Consumer<RoutingContext> byModel(JsonNode body, Urgency urgency) {
        Optional<String> model = TeiRequest.fields(body, "inputs", "model").text("model");
        return pipelines.generates(model)
                ? context -> generate(context, body, urgency)
                : endpoint.answering(tei.byTask(body, model, urgency));
    }

    private void generate(RoutingContext context, JsonNode body, Urgency urgency) {
        Doors.turn(context, tgi);
        tgi.atRoot(body, urgency).accept(context);
    }
}
