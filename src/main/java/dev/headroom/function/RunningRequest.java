package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.task.Answer;
import java.util.ArrayList;
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
        for (Item<Answer> item : items) {
            if (!item.isOver()) {
                item.fail(Failure.Abandoned.HUNG_UP);
            }
        }
    }

    /** The timing of the item that took longest; empty where none was answered. */
    public Optional<Timing> slowest() {
        Timing slowest = null;
        for (Item<Answer> item : items) {
            Timing timing = item.timing().orElse(null);
            if (timing != null && (slowest == null || timing.total().compareTo(slowest.total()) > 0)) {
                slowest = timing;
            }
        }
        return Optional.ofNullable(slowest);
    }

    /** The items' outcomes in their order, once all have one. */
    public CompletableFuture<List<Outcome<Answer>>> outcomes() {
        if (items.size() == 1) {
            return items.getFirst().outcome().thenApply(List::of);
        }
        CompletableFuture<?>[] outcomes = new CompletableFuture<?>[items.size()];
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] = items.get(i).outcome();
        }
        return CompletableFuture.allOf(outcomes).thenApply(done -> ended());
    }

    private List<Outcome<Answer>> ended() {
        List<Outcome<Answer>> ended = new ArrayList<>(items.size());
        for (Item<Answer> item : items) {
            ended.add(item.outcome().join());
        }
        return ended;
    }

    /**
     * The items' answers in their order, for a door whose answers hold no failures. A {@link RequestFailedException} if
     * an item has failed, with a failure that may pass if there is one.
     */
    public CompletableFuture<List<Answer>> answers() {
        return outcomes().thenApply(RunningRequest::answers);
    }

    private static List<Answer> answers(List<Outcome<Answer>> outcomes) {
        List<Answer> answers = new ArrayList<>(outcomes.size());
        for (Outcome<Answer> outcome : outcomes) {
            if (!(outcome instanceof Outcome.Answered<Answer>(Answer answer))) {
                throw new RequestFailedException(gravest(outcomes));
            }
            answers.add(answer);
        }
        return answers;
    }

    /** The failure of the whole request, which says which of several inputs is not as it should be. */
    private static Failure gravest(List<Outcome<Answer>> outcomes) {
        Failure gravest = Failure.gravest(failures(outcomes)).orElseThrow();
        if (outcomes.size() == 1) {
            return gravest;
        }
        int place = 1;
        while (!(outcomes.get(place - 1) instanceof Outcome.Failed<Answer>(Failure failure) && failure == gravest)) {
            place++;
        }
        String input = "Input %d of %d: ".formatted(place, outcomes.size());
        return switch (gravest) {
            case Failure.Invalid(String detail, Optional<String> field) -> new Failure.Invalid(input + detail, field);
            case Failure.TooLong(String detail, Optional<String> field) -> new Failure.TooLong(input + detail, field);
            case Failure.TooLarge(String detail, Optional<String> field) -> new Failure.TooLarge(input + detail, field);
            default -> gravest;
        };
    }

    /** The failures among outcomes, in their order. */
    public static <T> List<Failure> failures(List<Outcome<T>> outcomes) {
        List<Failure> failures = new ArrayList<>(0);
        for (Outcome<T> outcome : outcomes) {
            if (outcome instanceof Outcome.Failed<T>(Failure failure)) {
                failures.add(failure);
            }
        }
        return failures;
    }
}
