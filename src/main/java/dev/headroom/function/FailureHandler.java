package dev.headroom.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Maps whatever a request failed with to a failure, and has its door answer it. */
@Singleton
public class FailureHandler {

    private final Doors doors;
    private final String bodyLimit;

    FailureHandler(Doors doors, Config config) {
        this.doors = doors;
        this.bodyLimit = config.getValue("quarkus.http.limits.max-body-size", String.class);
    }

    void route(@Observes Router router) {
        router.route().last().handler(context -> context.fail(404));
        router.route().failureHandler(this::answer);
    }

    /** Logs an internal error even where the caller cannot be told. */
    private void answer(RoutingContext context) {
        Failure failure = failure(context.failure()).orElseGet(() -> byStatus(context));
        RequestEnd.onLoop(context, () -> {
            if (!context.response().headWritten() && !context.response().closed()) {
                doors.of(context).refuse(context, failure);
            } else if (failure instanceof Failure.Internal) {
                Problem.logged(failure);
            }
        });
    }

    /** The failure that a throwable stands for; empty where it is not known. */
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
            default -> status < 500 && status >= 400 ? invalid(status) : Failure.Internal.unexpected(context.failure());
        };
    }

    private static Failure invalid(int status) {
        return new Failure.Invalid(
                "The request is not served as it is (%d); see docs/protocols.md for how to ask.".formatted(status));
    }

    private static Failure notFound(RoutingContext context) {
        return new Failure.UnknownPath(
                "Nothing is served at %s; see /infer, /v1, /v2, /embed, /plan, /q/health and /q/metrics."
                        .formatted(context.request().path()));
    }
}
