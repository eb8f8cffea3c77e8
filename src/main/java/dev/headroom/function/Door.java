package dev.headroom.function;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The ways in, each with errors in the form that its clients read. */
public enum Door {
    /** Our own, {@code POST /infer}. */
    INFER,
    /** CloudEvents, at any path. */
    EVENT,
    /** As OpenAI's clients ask for embeddings. */
    OPENAI,
    /** As the clients of Hugging Face's text-embeddings-inference ask. */
    TEI,
    /** The Open Inference Protocol, version 2. */
    V2,
    /** What is no inference: the plan, health, metrics. */
    OTHER;

    private static final Set<String> TEI_POSTED =
            Set.of("/embed", "/rerank", "/predict", "/similarity", "/embed_all", "/embed_sparse");

    private static final Set<String> TEI_SHOWN = Set.of("/info", "/health");

    /** OpenAI's words for the statuses. */
    private static final Map<Integer, String> OPENAI_TYPES = Map.of(
            401, "authentication_error",
            403, "permission_error",
            429, "rate_limit_error");

    /** OpenAI's words for kinds of failure, where it has its own; its clients tell them apart by these. */
    private static final Map<String, String> OPENAI_CODES = Map.of(
            "unknown-model", "model_not_found",
            "too-long", "context_length_exceeded",
            "overloaded", "rate_limit_exceeded");

    /** TEI's words for the statuses. */
    private static final Map<Integer, String> TEI_TYPES = Map.of(429, "Overloaded", 503, "Unhealthy");

    /** The door of a request. */
    public static Door of(RoutingContext context) {
        Door known = context.get(Door.class.getName());
        if (known != null) {
            return known;
        }
        HttpServerRequest request = context.request();
        Door door = isEvent(request) ? EVENT : isPostedToTeisRoot(context) ? TEI : of(path(context));
        context.put(Door.class.getName(), door);
        return door;
    }

    /** TEI's clients that know nothing but an address post to it; events alone come there otherwise. */
    private static boolean isPostedToTeisRoot(RoutingContext context) {
        HttpServerRequest request = context.request();
        return path(context).equals("/")
                && request.method() == HttpMethod.POST
                && mediaType(request).equals("application/json");
    }

    /** The path as the router matches it, whatever it is spelled like. */
    static String path(RoutingContext context) {
        String path = context.request().path();
        return path == null ? "" : context.normalizedPath();
    }

    private static Door of(String path) {
        String name = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (name.equals("/infer")) {
            return INFER;
        }
        if (TEI_POSTED.contains(name) || TEI_SHOWN.contains(name)) {
            return TEI;
        }
        if (name.equals("/v1") || name.startsWith("/v1/")) {
            return OPENAI;
        }
        return name.equals("/v2") || name.startsWith("/v2/") ? V2 : OTHER;
    }

    private static boolean isEvent(HttpServerRequest request) {
        if (mediaType(request).startsWith("application/cloudevents")) {
            return true;
        }
        if (GrpcForm.isOf(request)) {
            return false; // whatever its metadata are
        }
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().regionMatches(true, 0, "ce-", 0, 3)) {
                return true;
            }
        }
        return false;
    }

    /** The body's media type in lower case, without its parameters; empty where there is none. */
    public static String mediaType(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        return type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    /** Whether inference is what is asked for at this path, which is posted. */
    boolean isPosted(String path) {
        return switch (this) {
            case INFER, EVENT -> true;
            case OPENAI -> path.startsWith("/v1/embeddings");
            case TEI -> TEI_SHOWN.stream().noneMatch(path::startsWith);
            case V2 -> path.endsWith("/infer") || path.endsWith("/infer/");
            case OTHER -> false;
        };
    }

    /** The name in the metrics. */
    String tag() {
        return this == INFER ? "http" : name().toLowerCase(Locale.ROOT);
    }

    /** The media type of an error's body. */
    String errorType() {
        return this == INFER || this == OTHER ? "application/problem+json" : "application/json";
    }

    /** The problem with the status that this door's clients expect of it. */
    Problem adapted(Problem problem) {
        return this == OPENAI && problem.code().equals("too-long")
                ? new Problem(problem.type(), problem.title(), 400, problem.detail(), problem.instance())
                : problem;
    }

    /** The body of an error. */
    JsonObject error(Problem problem) {
        return switch (this) {
            case OPENAI ->
                new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("message", problem.detail())
                                        .put("type", openAiType(problem.status()))
                                        .putNull("param")
                                        .put("code", openAiCode(problem)));
            case TEI -> new JsonObject().put("error", problem.detail()).put("error_type", teiType(problem.status()));
            case V2 -> new JsonObject().put("error", problem.detail());
            case INFER, EVENT, OTHER -> JsonObject.mapFrom(problem);
        };
    }

    private static String openAiCode(Problem problem) {
        return OPENAI_CODES.getOrDefault(problem.code(), problem.code().replace('-', '_'));
    }

    private static String teiType(int status) {
        return TEI_TYPES.getOrDefault(status, status < 500 ? "Validation" : "Backend");
    }

    private static String openAiType(int status) {
        return OPENAI_TYPES.getOrDefault(status, status < 500 ? "invalid_request_error" : "server_error");
    }
}
