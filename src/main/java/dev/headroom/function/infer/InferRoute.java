package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Door;
import dev.headroom.function.InputReader;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.request.Urgency;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code POST /infer}: reads the body, calls the function and writes its response. */
@Singleton
class InferRoute implements Door {

    private final InferFunction function;
    private final InputReader limits;
    private final JsonEndpoint endpoint;

    InferRoute(InferFunction function, InputReader limits, JsonEndpoint endpoint) {
        this.function = function;
        this.limits = limits;
        this.endpoint = endpoint;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return path.equals("/infer");
    }

    /** Stands before the route of the same path that Funqy makes for the function. */
    void route(@Observes Router router) {
        router.route("/infer").order(RouteConstants.ROUTE_ORDER_COMPRESSION).handler(endpoint.posted(this::infer));
    }

    private PendingAnswer<InferResponse> infer(JsonNode body, Urgency urgency) {
        InferCall call = InferCall.ofHttp(InferRequest.read(body, limits), urgency);
        CompletableFuture<InferResponse> response = function.start(call);
        return new PendingAnswer<>(
                call.abandonment(), response, answer -> answer == null ? Optional.empty() : answer.slowest());
    }
}
