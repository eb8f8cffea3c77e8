package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.task.Answer;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request under way, whichever door it came through.
 *
 * @param items its items, in the order of its inputs
 */
public record RunningRequest(List<Item<Answer>> items) {

    /** Once the caller has gone, what has not been answered need not be. */
    public void abandonWith(RoutingContext context) {
        RequestEnd.follow(context, this::abandon);
    }

    /** What has not been answered need not be. */
    public void abandon() {
        items.forEach(item -> item.fail(new Failure.Abandoned("The caller hung up.")));
    }

    /** Where the time of the item went that took longest; empty where none was answered. */
    public Optional<Timing> slowest() {
        return items.stream().flatMap(item -> item.timing().stream()).max(Comparator.comparing(Timing::total));
    }

    /** The items' outcomes in their order, once all have one. */
    public CompletableFuture<List<Outcome<Answer>>> outcomes() {
        CompletableFuture<?>[] outcomes = items.stream().map(Item::outcome).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(outcomes)
                .thenApply(done ->
                        items.stream().map(item -> item.outcome().join()).toList());
    }

    /**
     * The items' answers in their order, of a door that knows no others: a {@link RequestFailedException} where one of them
     * has failed, with a failure that may pass if there is one.
     */
    public CompletableFuture<List<Answer>> answers() {
        return outcomes().thenApply(outcomes -> {
            gravest(failures(outcomes)).ifPresent(failure -> {
                throw new RequestFailedException(failure);
            });
            return outcomes.stream()
                    .map(outcome -> ((Outcome.Answered<Answer>) outcome).answer())
                    .toList();
        });
    }

    /** One that may pass, else the first; empty where there is none. */
    public static Optional<Failure> gravest(List<Failure> failures) {
        return failures.stream()
                .filter(RunningRequest::mayPass)
                .findFirst()
                .or(() -> failures.stream().findFirst());
    }

    public static boolean mayPass(Failure failure) {
        return Problem.of(failure, "").retriable();
    }

    public static List<Failure> failures(List<Outcome<Answer>> outcomes) {
        List<Failure> failures = new ArrayList<>();
        for (Outcome<Answer> outcome : outcomes) {
            if (outcome instanceof Outcome.Failed<Answer>(Failure failure)) {
                failures.add(failure);
            }
        }
        return failures;
    }
}
