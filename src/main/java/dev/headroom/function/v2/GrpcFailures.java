package dev.headroom.function.v2;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.function.Problem;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** The one place where failures become gRPC's statuses. */
final class GrpcFailures {

    /** How many milliseconds to wait before the next try, as gRPC's clients know it. */
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** Written here: Vert.x escapes semicolons and more, which clients in JavaScript do not undo. */
    private static final Metadata.Key<String> MESSAGE =
            Metadata.Key.of("grpc-message", Metadata.ASCII_STRING_MARSHALLER);

    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

    private GrpcFailures() {}

    /** The status for what was thrown; it is logged under an instance, which an internal error's caller is told. */
    static StatusRuntimeException of(Throwable thrown) {
        Failure failure = failure(thrown);
        Problem problem = Problem.of(failure, Problem.newInstance());
        problem.log(failure);
        String detail = failure instanceof Failure.Internal
                ? problem.detail() + " (" + problem.instance() + ")"
                : problem.detail();
        Metadata trailers = new Metadata();
        Problem.retryAfter(failure)
                .map(wait -> Math.max(LEAST_WAIT.toMillis(), wait.toMillis()))
                .ifPresent(millis -> trailers.put(PUSHBACK, Long.toString(millis)));
        trailers.put(MESSAGE, escaped(detail));
        return status(failure).asRuntimeException(trailers);
    }

    /** What is no printable ASCII, and the percent sign, by the UTF-8 of it, as gRPC wants it. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(b >= ' ' && b <= '~' && b != '%' ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return escaped.toString();
    }

    private static Failure failure(Throwable thrown) {
        return switch (thrown) {
            case RequestFailedException request -> request.failure();
            case CompletionException e when e.getCause() != null -> failure(e.getCause());
            default ->
                new Failure.Internal(
                        "Something went wrong that should not; the log has more under this instance.", thrown);
        };
    }

    static Status status(Failure failure) {
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
}
