package dev.headroom.function;

import dev.headroom.request.Failure;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The refusal of a gRPC call by who stands before gRPC's server, as the protocol has it: status and message in the head, and no body
 * ("trailers-only").
 */
public final class GrpcRefusal {

    /** How many milliseconds to wait before the next try, as gRPC's clients know it. */
    public static final String PUSHBACK = "grpc-retry-pushback-ms";

    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

    private GrpcRefusal() {}

    /** Answers a call with a failure, and logs it. */
    public static void answer(HttpServerResponse response, Failure failure) {
        Problem problem = Problem.of(failure, Problem.newInstance());
        problem.log(failure);
        if (response.headWritten()) {
            response.reset(Http2Error.CANCEL.code());
            return;
        }
        response.setStatusCode(200)
                .putHeader("Content-Type", "application/grpc")
                .putHeader("grpc-accept-encoding", "identity")
                .putHeader(
                        "grpc-status",
                        Integer.toString(status(failure).getCode().value()))
                .putHeader("grpc-message", escaped(problem.detail()));
        pushback(failure).ifPresent(millis -> response.putHeader(PUSHBACK, millis));
        response.end();
    }

    /** The one place where failures become gRPC's statuses. */
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
        return Problem.retryAfter(failure).map(wait -> Long.toString(Math.max(LEAST_WAIT.toMillis(), wait.toMillis())));
    }

    /** What is no printable ASCII, and the percent sign, by the UTF-8 of it, as gRPC wants it. */
    public static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(b >= ' ' && b <= '~' && b != '%' ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return escaped.toString();
    }
}
