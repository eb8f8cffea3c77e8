package dev.headroom.function.v2.grpc;

import dev.headroom.function.GrpcDoor;
import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;

/** Turns failures into gRPC's statuses with their trailers. */
final class GrpcFailures {

    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of(GrpcDoor.PUSHBACK, Metadata.ASCII_STRING_MARSHALLER);

    /** Set here, because Vert.x escapes semicolons and more, which clients in JavaScript do not undo. */
    private static final Metadata.Key<String> MESSAGE =
            Metadata.Key.of("grpc-message", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcFailures() {}

    /** The status for an exception, which is logged under an instance; the message of an internal error names it. */
    static StatusRuntimeException of(Throwable thrown) {
        Failure failure = failure(thrown);
        Problem problem = Problem.logged(failure);
        Metadata trailers = new Metadata();
        GrpcDoor.pushback(failure).ifPresent(millis -> trailers.put(PUSHBACK, millis));
        trailers.put(MESSAGE, GrpcDoor.escaped(GrpcDoor.detail(failure, problem)));
        return GrpcDoor.status(failure).asRuntimeException(trailers);
    }

    private static Failure failure(Throwable thrown) {
        return switch (thrown) {
            case RequestFailedException request -> request.failure();
            case CompletionException e when e.getCause() != null -> failure(e.getCause());
            default -> Failure.Internal.unexpected(thrown);
        };
    }
}
