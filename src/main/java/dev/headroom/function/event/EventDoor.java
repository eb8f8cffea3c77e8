package dev.headroom.function.event;

import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.Priority;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/**
 * CloudEvents, which may come to any path. Their errors have no body: a broker answers 502 for any body that is no event,
 * and the true status is lost.
 */
@Singleton
@Priority(Doors.BY_HEADER)
class EventDoor implements Door {

    private static final int LONGEST_HEADER = 500;

    /** The other errors become 400: brokers repeat an event that is answered 404 or 409, although nothing would change. */
    private static final Set<Integer> KEPT = Set.of(401, 413, 415);

    @Override
    public String name() {
        return "event";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        if (Doors.mediaType(request).startsWith("application/cloudevents")) {
            return true;
        }
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().regionMatches(true, 0, "ce-", 0, 3)) {
                return true;
            }
        }
        return false;
    }

    /** Events come to any path, which means nothing. */
    @Override
    public String route(String path) {
        return "/";
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        String detail = problem.detail().replaceAll("[^ -~]+", "?");
        response.setStatusCode(adapted(failure, problem).status())
                .putHeader("Headroom-Error", detail.substring(0, Math.min(LONGEST_HEADER, detail.length())))
                .putHeader("Headroom-Error-Id", problem.instance())
                .end();
    }

    /** The problem with the status that tells a broker whether to repeat the event. */
    static Problem adapted(Failure failure, Problem problem) {
        return failure.mayPass() || KEPT.contains(problem.status()) ? problem : problem.withStatus(400);
    }
}
