package dev.headroom.function;

import dev.headroom.request.Failure;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * gRPC's calls. Those that fail before gRPC's server sees them are answered as the protocol says: status and message in
 * the headers, and no body ("trailers-only").
 */
@Singleton
@Priority(Doors.BY_HEADER + 1)
public class GrpcDoor implements Door {

    /** The trailer that says how many milliseconds a client should wait before the next try. */
    public static final String PUSHBACK = "grpc-retry-pushback-ms";

    /** The path of the call that asks for inference. */
    public static final String INFER = "/inference.GRPCInferenceService/ModelInfer";

    private static final String STATUS = "grpc-status";
    private static final String TYPE = "application/grpc";

    private static final Set<String> HEALTH = Set.of(
            "/grpc.health.v1.Health/Check",
            "/grpc.health.v1.Health/Watch",
            "/inference.GRPCInferenceService/ServerLive",
            "/inference.GRPCInferenceService/ServerReady");

    private static final Set<String> OPERATORS = Set.of(
            "/inference.GRPCInferenceService/RepositoryModelLoad",
            "/inference.GRPCInferenceService/RepositoryModelUnload");

    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

    /** True if gRPC's server takes the request. It speaks HTTP/2 alone; other requests go the usual way. */
    public static boolean isCall(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return false;
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.trim().regionMatches(true, 0, TYPE, 0, TYPE.length());
    }

    /** True if the call asks for inference. Its body is read as any other door's, not by gRPC's server. */
    public static boolean isInference(HttpServerRequest request) {
        return INFER.equals(request.path()) && request.method() == HttpMethod.POST && isCall(request);
    }

    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return isCall(request);
    }

    /** The service measures the other calls. */
    @Override
    public boolean infers(String path) {
        return path.equals(INFER);
    }

    @Override
    public boolean isForOperators(String path) {
        return OPERATORS.contains(path);
    }

    @Override
    public String outcome(HttpServerResponse response, boolean answered) {
        if (!answered) {
            return Status.Code.CANCELLED.name();
        }
        String status = response.headers().get(STATUS);
        return (status == null
                        ? Status.Code.OK
                        : Status.fromCodeValue(Integer.parseInt(status)).getCode())
                .name();
    }

    @Override
    public boolean isHealth(String path) {
        return HEALTH.contains(path);
    }

    @Override
    public void refuse(RoutingContext context, Failure failure) {
        refuse(context.response(), failure);
    }

    /** Answers a call that failed, and logs the failure. */
    public static void refuse(HttpServerResponse response, Failure failure) {
        Problem problem = Problem.logged(failure);
        if (response.headWritten()) {
            response.reset(Http2Error.CANCEL.code());
            return;
        }
        begin(response);
        response.setStatusCode(200)
                .putHeader(STATUS, Integer.toString(status(failure).getCode().value()))
                .putHeader("grpc-message", escaped(detail(failure, problem)));
        pushback(failure).ifPresent(millis -> response.putHeader(PUSHBACK, millis));
        response.end();
    }

    /** Sets the headers of every answer. */
    public static void begin(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, TYPE).putHeader("grpc-accept-encoding", "identity");
    }

    /** The message of a failure; an internal error's names the instance in the log. */
    public static String detail(Failure failure, Problem problem) {
        return failure instanceof Failure.Internal
                ? problem.detail() + " (" + problem.instance() + ")"
                : problem.detail();
    }

    /** The status of a failure; failures become gRPC's statuses here alone. */
    public static Status status(Failure failure) {
        return switch (failure) {
            case Failure.Invalid _, Failure.UnsupportedMedia _, Failure.UnmetExpectation _ -> Status.INVALID_ARGUMENT;
            case Failure.Unauthenticated _ -> Status.UNAUTHENTICATED;
            case Failure.UnknownModel _ -> Status.NOT_FOUND;
            case Failure.UnknownPath _, Failure.WrongMethod _ -> Status.UNIMPLEMENTED;
            case Failure.TooLarge _, Failure.TooLong _, Failure.Overloaded _ -> Status.RESOURCE_EXHAUSTED;
            case Failure.DeadlineExceeded _, Failure.TooSlow _ -> Status.DEADLINE_EXCEEDED;
            case Failure.Unavailable _ -> Status.UNAVAILABLE;
            case Failure.Abandoned _ -> Status.CANCELLED;
            case Failure.Internal _ -> Status.INTERNAL;
        };
    }

    /** The value of {@link #PUSHBACK}; empty where a later try is not known to help. */
    public static Optional<String> pushback(Failure failure) {
        return failure.retryAfter().map(wait -> Long.toString(Math.max(LEAST_WAIT.toMillis(), wait.toMillis())));
    }

    /** The text in printable ASCII: other characters and the percent sign become percent-encoded UTF-8. */
    public static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(b >= ' ' && b <= '~' && b != '%' ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return escaped.toString();
    }
}
