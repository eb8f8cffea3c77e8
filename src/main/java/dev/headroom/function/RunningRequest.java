package dev.headroom.function;

import dev.headroom.batch.Failure;
import dev.headroom.batch.Item;
import dev.headroom.batch.Outcome;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.batch.Timing;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * A request under way, and how its items' outcomes become its response.
 *
 * @param model the model that answers
 * @param inputs the request's inputs, good and bad
 * @param items the items of the good ones, in their order
 */
record RunningRequest(String model, List<InferRequest.Input> inputs, List<Item<float[]>> items) {

    private static final Logger LOG = Logger.getLogger(RunningRequest.class);

    /**
     * Once the caller has gone, what has not been answered need not be. A handler that is added when it has gone already is
     * never called.
     */
    void abandonWith(RoutingContext context) {
        context.addEndHandler(end -> abandon());
        if (context.response().closed()) {
            abandon();
        }
    }

    private void abandon() {
        items.forEach(item -> item.fail(new Failure.Abandoned("The caller hung up.")));
    }

    /** Where the time of the item went that took longest; empty where none was answered. */
    Optional<Timing> slowest() {
        return items.stream().flatMap(item -> item.timing().stream()).max(Comparator.comparing(Timing::total));
    }

    /**
     * The response, once every item has its outcome. It is a {@link RequestFailedException} when no input was answered.
     *
     * @param event whether the request is an event: a broker repeats whole events, so that one input that should be
     *     tried again fails its event
     */
    CompletableFuture<InferResponse> response(boolean event) {
        CompletableFuture<?>[] outcomes = items.stream().map(Item::outcome).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(outcomes).thenApply(done -> respond(event));
    }

    private InferResponse respond(boolean event) {
        List<Outcome<float[]>> outcomes = outcomes();
        List<Failure> failures = failures(outcomes);
        whole(failures, event).ifPresent(failure -> {
            throw new RequestFailedException(failure);
        });
        String instance = failures.isEmpty() ? "" : Problem.newInstance();
        if (!failures.isEmpty()) {
            LOG.infof("%s: %d of %d inputs failed; the first:", instance, failures.size(), inputs.size());
            Problem.of(failures.getFirst(), instance).log(failures.getFirst());
        }
        return new InferResponse(
                model,
                IntStream.range(0, inputs.size())
                        .mapToObj(i -> output(i, outcomes.get(i), instance))
                        .toList());
    }

    private InferResponse.Output output(int index, Outcome<float[]> outcome, String instance) {
        String id = inputs.get(index).id().orElse(null);
        return switch (outcome) {
            case Outcome.Answered<float[]>(float[] embedding) -> new InferResponse.Output(index, id, embedding, null);
            case Outcome.Failed<float[]>(Failure failure) ->
                new InferResponse.Output(index, id, null, Problem.of(failure, instance));
        };
    }

    private List<Outcome<float[]>> outcomes() {
        Iterator<Item<float[]>> rest = items.iterator();
        return inputs.stream()
                .map(input -> switch (input) {
                    case InferRequest.Input.Good _ -> rest.next().outcome().join();
                    case InferRequest.Input.Bad bad -> new Outcome.Failed<float[]>(bad.failure());
                })
                .toList();
    }

    /** Why the request fails as a whole; empty when it does not. */
    private Optional<Failure> whole(List<Failure> failures, boolean event) {
        Optional<Failure> tryAgain = failures.stream()
                .filter(failure -> Problem.of(failure, "").retriable())
                .findFirst();
        if (failures.size() == inputs.size()) {
            return tryAgain.or(() -> Optional.of(failures.getFirst()));
        }
        return event ? tryAgain : Optional.empty();
    }

    private static List<Failure> failures(List<Outcome<float[]>> outcomes) {
        List<Failure> failures = new ArrayList<>();
        for (Outcome<float[]> outcome : outcomes) {
            if (outcome instanceof Outcome.Failed<float[]>(Failure failure)) {
                failures.add(failure);
            }
        }
        return failures;
    }
}
