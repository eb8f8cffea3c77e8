package dev.headroom.function.access;

import dev.headroom.batch.Failure;
import dev.headroom.function.Problem;
import io.vertx.core.http.HttpServerResponse;

/** The refusal of a gRPC call as its protocol has it: status and message in the head, and no body ("trailers-only"). */
final class GrpcRefusal {

    private static final String INVALID_ARGUMENT = "3";
    private static final String UNAVAILABLE = "14";
    private static final String UNAUTHENTICATED = "16";

    private GrpcRefusal() {}

    /** Answers a call from somebody who is unknown, of whom nobody can be asked, or who brings too much, and logs it. */
    static void answer(HttpServerResponse response, Failure failure) {
        Problem.of(failure, Problem.newInstance()).log(failure);
        response.setStatusCode(200)
                .putHeader("Content-Type", "application/grpc")
                .putHeader("grpc-status", status(failure))
                .putHeader("grpc-message", failure.detail()) // ASCII without a percent sign: nothing to escape
                .end();
    }

    private static String status(Failure failure) {
        if (failure instanceof Failure.Unauthenticated) {
            return UNAUTHENTICATED;
        }
        return failure instanceof Failure.Invalid ? INVALID_ARGUMENT : UNAVAILABLE;
    }
}
