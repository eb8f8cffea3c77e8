package dev.headroom.function.v2.json;

import dev.headroom.function.Door;
import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;

/** The Open Inference Protocol, version 2, by HTTP. */
@Singleton
class V2Door implements Door {

    @Override
    public String name() {
        return "v2";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return path.equals("/v2") || path.startsWith("/v2/");
    }

    @Override
    public boolean infers(String path) {
        return path.endsWith("/infer");
    }

    @Override
    public String route(String path) {
        return "/v2/models/{model}/infer";
    }

    @Override
    public boolean isForOperators(String path) {
        return path.startsWith(V2Paths.REPOSITORY);
    }

    @Override
    public boolean isHealth(String path) {
        return path.equals("/v2/health/live") || path.equals("/v2/health/ready");
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        Door.send(response, problem.status(), "application/json", new JsonObject().put("error", problem.detail()));
    }
}
