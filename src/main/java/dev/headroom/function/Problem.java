package dev.headroom.function;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.headroom.batch.LogRate;
import dev.headroom.request.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * A failure as callers read it (RFC 9457).
 *
 * @param type a URN for the kind of failure, for programs
 * @param title the kind of failure, for people
 * @param status the HTTP status
 * @param detail the cause and the remedy
 * @param instance a URN for this one failure, which the log shows too
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, String instance) {

    /** The status of a request whose caller hung up, as nginx counts it; it is never sent. */
    static final int CALLER_HUNG_UP = 499;

    /** A detail may quote the caller, who may have sent a book. */
    private static final int LONGEST_DETAIL = 2000;

    private static final Logger LOG = Logger.getLogger(Problem.class);

    /** Bounds the log, which refused callers could fill: 50 lines at once and 50 a second are 100 in any second. */
    private static final LogRate LINES = new LogRate(50, Duration.ofMillis(20), System::nanoTime);

    /** The problem of a failure; failures become HTTP statuses here alone. */
    public static Problem of(Failure failure, String instance) {
        return switch (failure) {
            case Failure.Invalid f -> problem("invalid", "Invalid request", 400, f, instance);
            case Failure.Unauthenticated f -> problem("unauthenticated", "Not authenticated", 401, f, instance);
            case Failure.TooSlow f -> problem("too-slow", "Too slow", 408, f, instance);
            case Failure.UnmetExpectation f -> problem("unmet-expectation", "Expectation failed", 417, f, instance);
            case Failure.UnknownModel f -> problem("unknown-model", "Unknown model", 404, f, instance);
            case Failure.UnknownPath f -> problem("unknown-path", "Unknown path", 404, f, instance);
            case Failure.WrongMethod f -> problem("wrong-method", "Wrong method", 405, f, instance);
            case Failure.UnsupportedMedia f -> problem("unsupported-media", "Unsupported media type", 415, f, instance);
            case Failure.TooLarge f -> problem("too-large", "Too large", 413, f, instance);
            case Failure.TooLong f -> problem("too-long", "Too long", 413, f, instance);
            case Failure.Overloaded f -> problem("overloaded", "Overloaded", 429, f, instance);
            case Failure.Abandoned f -> problem("abandoned", "Caller hung up", CALLER_HUNG_UP, f, instance);
            case Failure.DeadlineExceeded f -> problem("deadline-exceeded", "Deadline exceeded", 504, f, instance);
            case Failure.Unavailable f -> problem("unavailable", "Unavailable", 503, f, instance);
            case Failure.Internal f -> problem("internal", "Internal error", 500, f, instance);
        };
    }

    /** A new name for one failure, or for the failures of one request. */
    public static String newInstance() {
        return "urn:uuid:" + UUID.randomUUID();
    }

    /** The problem of one failure, which is written into the log under its instance. */
    public static Problem logged(Failure failure) {
        Problem problem = of(failure, newInstance());
        problem.log(failure);
        return problem;
    }

    /** The kind of failure in a word, such as {@code too-large}. */
    public String code() {
        return type.substring(type.lastIndexOf(':') + 1);
    }

    /** Writes the failure into the log, under its instance; at most 100 lines a second for mistakes of callers. */
    public void log(Failure failure) {
        String oneLine = detail.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?"); // it may hold what the caller wrote
        if (failure instanceof Failure.Internal internal) {
            LOG.errorf(internal.cause(), "%s: %s", instance, oneLine);
        } else {
            LINES.permit().ifPresent(leftOut -> {
                if (leftOut > 0) {
                    LOG.infof("%d more failures of callers were not logged.", (Object) leftOut);
                }
                LOG.infof("%s: %d %s: %s", instance, status, title, oneLine);
            });
        }
    }

    /** The problem with another status. */
    public Problem withStatus(int other) {
        return new Problem(type, title, other, detail, instance);
    }

    private static Problem problem(String type, String title, int status, Failure failure, String instance) {
        String detail = failure.detail();
        String cut = detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
        return new Problem("urn:headroom:" + type, title, status, cut, instance);
    }
}
