package dev.headroom.function;

import dev.headroom.request.Timing;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * An answer that is being made.
 *
 * @param abandonment ends the work when the caller hangs up
 * @param answer may fail with a {@link dev.headroom.request.RequestFailedException}
 * @param slowest the timing of the slowest item, given the answer or null after a failure
 */
public record PendingAnswer<T>(
        Runnable abandonment, CompletableFuture<T> answer, Function<T, Optional<Timing>> slowest) {

    /** An answer that follows from the outcomes of these items. */
    public static <T> PendingAnswer<T> of(RunningRequest running, CompletableFuture<T> answer) {
        return new PendingAnswer<>(running::abandon, answer, made -> running.slowest());
    }

    /** Writes the answer once it is made, unless the caller hangs up before. */
    public void write(RoutingContext context, AnswerWriter<? super T> writer) {
        RequestEnd.follow(context, abandonment);
        answer.whenComplete((made, failure) -> {
            ServerTiming.slowest(context, slowest.apply(made));
            AnswerWriter.complete(context, made, failure, writer);
        });
    }
}
