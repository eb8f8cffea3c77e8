package dev.headroom.function;

import dev.headroom.batch.Failure;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.Optional;

/** Tells a body that was not framed as HTTP has it, such as by a chunk of no length, from an error of the service's own. */
final class BrokenFraming {

    private static final String CODECS = "io.netty.handler.codec.";

    /** Where an exception is thrown; further down Netty calls everything. */
    private static final int THROWING = 5;

    private BrokenFraming() {}

    /** The failure; empty where the body had come, or something else failed. */
    static Optional<Failure> of(HttpServerRequest request, Throwable thrown) {
        boolean unread = !request.isEnded();
        return unread && thrown != null && isOfCodec(thrown)
                ? Optional.of(new Failure.Invalid(
                        "The body is not framed as HTTP has it; send its true Content-Length, or sound chunks."))
                : Optional.empty();
    }

    /** One that is thrown often has no trace any more: the JVM makes it once and for all. */
    private static boolean isOfCodec(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0
                || Arrays.stream(trace)
                        .limit(THROWING)
                        .anyMatch(frame -> frame.getClassName().startsWith(CODECS));
    }
}
