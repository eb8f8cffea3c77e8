package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.request.Urgency;
import dev.headroom.task.Pipeline;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
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

    /** An answer that needs no items. */
    public static <T> PendingAnswer<T> of(CompletableFuture<T> answer) {
        return new PendingAnswer<>(() -> {}, answer, made -> Optional.empty());
    }

    /**
     * An answer for which the ports or the tokeniser of a model must be known: at once where they are, else once the model
     * is open. Fails as its items would where it cannot be opened, or its time is over.
     *
     * @param begin begins on it, with what is left of the urgency; fails with a {@link RequestFailedException}
     */
    public static <T> PendingAnswer<T> knowing(
            Pipeline model, Urgency urgency, Function<Urgency, PendingAnswer<T>> begin) {
        if (model.known()) {
            return begin.apply(urgency);
        }
        long start = System.nanoTime();
        Item<Boolean> opening = model.opening(urgency);
        CompletableFuture<PendingAnswer<T>> begun = opening.outcome().thenApply(outcome -> switch (outcome) {
            case Outcome.Answered<Boolean> _ -> begin.apply(urgency.after(Duration.ofNanos(System.nanoTime() - start)));
            case Outcome.Failed<Boolean>(Failure failure) -> throw new RequestFailedException(failure);
        });
        return new PendingAnswer<>(
                () -> {
                    opening.fail(Failure.Abandoned.HUNG_UP);
                    begun.thenAccept(then -> then.abandonment.run());
                },
                begun.thenCompose(PendingAnswer::answer),
                made -> begun.isCompletedExceptionally()
                        ? Optional.empty()
                        : begun.join().slowest.apply(made));
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
