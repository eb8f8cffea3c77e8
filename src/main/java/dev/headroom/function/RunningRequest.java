package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.task.Answer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request under way, of any door.
 *
 * @param items its items, in the order of its inputs
 */
public record RunningRequest(List<Item<Answer>> items) {

    /** Ends the items that have not been answered. */
    public void abandon() {
        items.forEach(item -> item.fail(new Failure.Abandoned("The caller hung up.")));
    }

    /** The timing of the item that took longest; empty where none was answered. */
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
     * The items' answers in their order, for a door whose answers hold no failures. A {@link RequestFailedException} if
     * an item has failed, with a failure that may pass if there is one.
     */
    public CompletableFuture<List<Answer>> answers() {
        return outcomes().thenApply(outcomes -> {
            Failure.gravest(failures(outcomes)).ifPresent(failure -> {
                throw new RequestFailedException(failure);
            });
            return outcomes.stream()
                    .map(outcome -> ((Outcome.Answered<Answer>) outcome).answer())
                    .toList();
        });
    }

    /** The failures among outcomes, in their order. */
    public static List<Failure> failures(List<Outcome<Answer>> outcomes) {
        return outcomes.stream().flatMap(outcome -> outcome.why().stream()).toList();
    }
}
