package dev.headroom.function;

import dev.headroom.request.Failure;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** A protocol that callers speak: the requests that belong to it, and the form of its errors. */
public interface Door {

    /** The name in the metrics. */
    String name();

    /**
     * True if the request belongs to this door.
     *
     * @param path its normalised path, without a slash at the end
     */
    boolean takes(HttpServerRequest request, String path);

    /** True if a request of this door that has this path asks for inference. */
    default boolean infers(String path) {
        return true;
    }

    /** A path that asks for inference, in its general form for traces: without names that callers choose. */
    default String route(String path) {
        return path;
    }

    /** The outcome of a request in the metrics, here its HTTP status. */
    default String outcome(HttpServerResponse response, boolean answered) {
        return Integer.toString(answered ? response.getStatusCode() : Problem.CALLER_HUNG_UP);
    }

    /** True if this path shows the service's health, for which a caller needs no key. */
    default boolean isHealth(String path) {
        return false;
    }

    /** True if a caller may read this path without a key. */
    default boolean isOpenToAll(String path) {
        return isHealth(path);
    }

    /** True if this path is for the people who run the service. */
    default boolean isForOperators(String path) {
        return false;
    }

    /** Answers a request that failed, and logs the failure. */
    default void refuse(RoutingContext context, Failure failure) {
        ServerTiming.start(context); // a request that fails early has not passed the guard
        failure.retryAfter()
                .ifPresent(wait -> context.response()
                        .putHeader("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)))));
        write(context.response(), failure, Problem.logged(failure));
    }

    /** Writes the answer to a request that failed, here as a problem (RFC 9457). */
    default void write(HttpServerResponse response, Failure failure, Problem problem) {
        send(response, problem.status(), "application/problem+json", JsonObject.mapFrom(problem));
    }

    /** Writes an error whose body is JSON. */
    static void send(HttpServerResponse response, int status, String contentType, JsonObject body) {
        response.setStatusCode(status).putHeader("Content-Type", contentType).end(body.toBuffer());
    }

    /** True if {@link Doors} has found that the request belongs to this door. */
    default boolean has(RoutingContext context) {
        return context.get(Door.class.getName()) == this;
    }
}
