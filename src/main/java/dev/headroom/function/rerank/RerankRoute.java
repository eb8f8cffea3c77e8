package dev.headroom.function.rerank;

import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code /v1/rerank} as Jina's, vLLM's and Cohere's clients ask for it, and {@code /v2/rerank} as Cohere's newer ones do. */
@Singleton
@Priority(Doors.BY_WHOLE_PATH)
class RerankRoute implements Door {

    private static final String JINA = "/v1/rerank";
    private static final String COHERE = "/v2/rerank";

    private final JsonEndpoint endpoint;
    private final DocumentRanking ranking;

    RerankRoute(JsonEndpoint endpoint, DocumentRanking ranking) {
        this.endpoint = endpoint;
        this.ranking = ranking;
    }

    void route(@Observes Router router) {
        router.route(JINA).handler(endpoint.posted((body, urgency) -> ranking.rank(body, urgency, true)));
        router.route(COHERE).handler(endpoint.posted((body, urgency) -> ranking.rank(body, urgency, false)));
    }

    @Override
    public String name() {
        return "rerank";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return path.equals(JINA) || path.equals(COHERE);
    }

    /** Has the detail in Cohere's field and in Jina's. */
    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        JsonObject error = new JsonObject()
                .put("id", problem.instance())
                .put("message", problem.detail())
                .put("detail", problem.detail());
        Door.send(response, problem.status(), "application/json", error);
    }
}
