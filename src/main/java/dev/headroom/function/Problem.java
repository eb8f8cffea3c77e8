package dev.headroom.function;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.headroom.batch.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * A failure as it crosses the wire (RFC 9457).
 *
 * @param type a URN for the kind of failure, for programs
 * @param title the kind of failure, for people
 * @param status the HTTP status
 * @param detail what is wrong here and what helps
 * @param instance a URN for this one failure; the log shows it too
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, String instance) {

    /** The status of a request that nobody waits for, as nginx counts it; it is never sent. */
    static final int CALLER_HUNG_UP = 499;

    private static final Logger LOG = Logger.getLogger(Problem.class);

    /** The one place where failures become statuses. */
    static Problem of(Failure failure) {
        return switch (failure) {
            case Failure.Invalid f -> problem("invalid", "Invalid request", 400, f);
            case Failure.UnknownModel f -> problem("unknown-model", "Unknown model", 404, f);
            case Failure.NotServed f -> problem("not-served", "Not served", f.status(), f);
            case Failure.UnsupportedMedia f -> problem("unsupported-media", "Unsupported media type", 415, f);
            case Failure.TooLarge f -> problem("too-large", "Too large", 413, f);
            case Failure.Overloaded f -> problem("overloaded", "Overloaded", 429, f);
            case Failure.Abandoned f -> problem("abandoned", "Caller hung up", CALLER_HUNG_UP, f);
            case Failure.DeadlineExceeded f -> problem("deadline-exceeded", "Deadline exceeded", 504, f);
            case Failure.Unavailable f -> problem("unavailable", "Unavailable", 503, f);
            case Failure.Internal f -> problem("internal", "Internal error", 500, f);
        };
    }

    /** The failure's problem, which from now on stands in the log under its instance. */
    static Problem report(Failure failure) {
        Problem problem = of(failure);
        if (failure instanceof Failure.Internal internal) {
            LOG.errorf(internal.cause(), "%s: %s", problem.instance(), problem.detail());
        } else {
            LOG.infof("%s: %d %s: %s", problem.instance(), problem.status(), problem.title(), problem.detail());
        }
        return problem;
    }

    /** When the caller should try again; empty where that is not known, or does not help. */
    static Optional<Duration> retryAfter(Failure failure) {
        return switch (failure) {
            case Failure.Overloaded f -> Optional.of(f.retryAfter());
            case Failure.Unavailable f -> Optional.of(f.retryAfter());
            case Failure.Invalid _,
                    Failure.UnknownModel _,
                    Failure.NotServed _,
                    Failure.UnsupportedMedia _,
                    Failure.TooLarge _,
                    Failure.Abandoned _,
                    Failure.DeadlineExceeded _,
                    Failure.Internal _ -> Optional.empty();
        };
    }

    /** Whether the same request may succeed later. */
    boolean retriable() {
        return status == 429 || status >= 500;
    }

    /** The status for a broker, which retries 404 and 409 although nothing would change. */
    int eventStatus() {
        return retriable() || status == 413 || status == 415 ? status : 400;
    }

    private static Problem problem(String type, String title, int status, Failure failure) {
        return new Problem("urn:headroom:" + type, title, status, failure.detail(), "urn:uuid:" + UUID.randomUUID());
    }
}
