package dev.headroom.function.infer;

import dev.headroom.function.JsonEndpoint;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code POST /infer}: answers when every input has been answered or has failed. */
@Singleton
class InferRoute {

    private final Inference inference;
    private final JsonEndpoint door;

    InferRoute(Inference inference, JsonEndpoint door) {
        this.inference = inference;
        this.door = door;
    }

    void route(@Observes Router router) {
        router.post("/infer").handler(door.of((body, terms) -> {
            RunningInference started = inference.start(body, terms);
            return new JsonEndpoint.Pending(started.running(), started.response(false));
        }));
    }
}
