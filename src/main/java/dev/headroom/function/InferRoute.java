package dev.headroom.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletionException;

/**
 * {@code POST /infer}: answers when every input has been answered or has failed. A route of its own and no Funqy function:
 * that would hand each call over to a thread and back twice, which costs more than all else that is done for it here.
 */
@Singleton
class InferRoute {

    /** What is so small is read by the thread that received it. */
    private static final int SMALL_BODY = 2048;

    private final Inference inference;
    private final ObjectMapper json;

    InferRoute(Inference inference, ObjectMapper json) {
        this.inference = inference;
        this.json = json;
    }

    void route(@Observes Router router) {
        router.post("/infer").handler(this::infer);
    }

    private void infer(RoutingContext context) {
        if (RequestGuard.isEvent(context)) {
            context.next();
        } else if (context.body().length() <= SMALL_BODY) {
            start(context);
        } else {
            Thread.startVirtualThread(() -> start(context));
        }
    }

    private void start(RoutingContext context) {
        try {
            RunningRequest running = inference.start(
                    RequestGuard.read(json, context.body().buffer()), RequestTerms.of(context.request(), false));
            running.abandonWith(context);
            running.response(false).whenComplete((response, failure) -> {
                ServerTiming.slowest(context, running.slowest());
                answer(context, response, failure);
            });
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }

    private void answer(RoutingContext context, InferResponse response, Throwable failure) {
        if (failure != null) {
            context.fail(failure instanceof CompletionException e ? e.getCause() : failure);
            return;
        }
        try {
            context.response()
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(json.writeValueAsBytes(response)));
        } catch (JsonProcessingException e) {
            context.fail(new RequestFailedException(new Failure.Internal("The answer could not be written.", e)));
        }
    }
}
