package dev.headroom.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.headroom.function.openai.OpenAiRoute;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * Answers every failed request: an HTTP caller with a problem, an event with an empty body, because a broker makes a
 * 502 of any other body that is no event, and the true status is lost.
 */
@Singleton
public class FailureHandler {

    private static final int LONGEST_HEADER = 500;

    private final String bodyLimit;

    FailureHandler(Config config) {
        this.bodyLimit = config.getValue("quarkus.http.limits.max-body-size", String.class);
    }

    void route(@Observes Router router) {
        router.route().last().handler(context -> context.fail(404));
        router.route().failureHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        Failure failure = failure(context);
        if (context.response().headWritten() || context.response().closed()) {
            logUnheard(failure);
            return;
        }
        ServerTiming.start(context); // what fails early has not come by the guard
        Door door = Door.of(context);
        Problem problem = door.adapted(Problem.of(failure, Problem.newInstance()));
        problem.log(failure);
        Problem.retryAfter(failure)
                .ifPresent(wait -> context.response()
                        .putHeader("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)))));
        if (door == Door.OPENAI) {
            context.response().putHeader(OpenAiRoute.REQUEST_ID, problem.instance());
        }
        if (door == Door.EVENT) {
            answerEvent(context.response(), problem);
        } else {
            context.response()
                    .setStatusCode(problem.status())
                    .putHeader("Content-Type", door.errorType())
                    .end(door.error(problem).toBuffer());
        }
    }

    /** Nobody can be told any more; but what went wrong here must not be lost. */
    private static void logUnheard(Failure failure) {
        if (failure instanceof Failure.Internal) {
            Problem.of(failure, Problem.newInstance()).log(failure);
        }
    }

    private static void answerEvent(HttpServerResponse response, Problem problem) {
        String detail = problem.detail().replaceAll("[^ -~]+", "?");
        response.setStatusCode(problem.eventStatus())
                .putHeader("Headroom-Error", detail.substring(0, Math.min(LONGEST_HEADER, detail.length())))
                .putHeader("Headroom-Error-Id", problem.instance())
                .end();
    }

    private Failure failure(RoutingContext context) {
        return failure(context.failure()).orElseGet(() -> byStatus(context));
    }

    /** The failure that a throwable stands for; empty where it is none that is known. */
    public static Optional<Failure> failure(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof RequestFailedException request) {
                return Optional.of(request.failure());
            }
            if (cause instanceof JsonProcessingException) {
                return Optional.of(new Failure.Internal("The answer could not be written.", cause));
            }
            if (cause instanceof HttpClosedException || cause instanceof StreamResetException) {
                return Optional.of(new Failure.Abandoned("The caller hung up while it was heard."));
            }
            if (BrokenFraming.isToldBy(cause)) {
                return Optional.of(BrokenFraming.FAILURE);
            }
        }
        return Optional.empty();
    }

    private Failure byStatus(RoutingContext context) {
        int status = context.statusCode();
        return switch (status) {
            case 404 -> notFound(context);
            case 405, 406 ->
                new Failure.WrongMethod("%s is not answered to %s like this."
                        .formatted(context.request().path(), context.request().method()));
            case 413 ->
                new Failure.TooLarge(
                        "The body is larger than %s; send it in parts, or raise quarkus.http.limits.max-body-size."
                                .formatted(bodyLimit));
            default -> status < 500 && status >= 400 ? invalid(status) : internal(context);
        };
    }

    private static Failure invalid(int status) {
        return new Failure.Invalid(
                "The request is not served as it is (%d); see the README for how to ask.".formatted(status));
    }

    private static Failure internal(RoutingContext context) {
        return new Failure.Internal(
                "Something went wrong that should not; the log has more under this instance.", context.failure());
    }

    private static Failure notFound(RoutingContext context) {
        return new Failure.UnknownPath(
                "Nothing is served at %s; see /infer, /v1, /v2, /embed, /plan, /q/health and /q/metrics."
                        .formatted(context.request().path()));
    }
}
