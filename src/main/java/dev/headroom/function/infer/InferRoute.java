package dev.headroom.function.infer;

import dev.headroom.function.Door;
import dev.headroom.function.JsonEndpoint;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code POST /infer}: answers when every input has been answered or has failed. */
@Singleton
class InferRoute implements Door {

    private final Inference inference;
    private final JsonEndpoint endpoint;

    InferRoute(Inference inference, JsonEndpoint endpoint) {
        this.inference = inference;
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

    void route(@Observes Router router) {
        router.route("/infer").handler(endpoint.posted((body, terms) -> {
            RunningInference started = inference.start(body, terms);
            return new JsonEndpoint.Pending(started.running(), started.response(false));
        }));
    }
}
