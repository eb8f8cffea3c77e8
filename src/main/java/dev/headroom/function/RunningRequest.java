package dev.headroom.function;

import dev.headroom.batch.Failure;
import dev.headroom.batch.Item;
import dev.headroom.batch.Outcome;
import dev.headroom.batch.RequestFailedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A request under way, and how its items' outcomes become its response.
 *
 * @param model the model that answers
 * @param inputs the request's inputs, good and bad
 * @param items the items of the good ones, in their order
 */
record RunningRequest(String model, List<InferRequest.Input> inputs, List<Item<float[]>> items) {

    /** The caller has gone: what has not been answered need not be. */
    void abandon() {
        items.forEach(item -> item.fail(new Failure.Abandoned("The caller hung up.")));
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
        failure(outcomes, event).ifPresent(failure -> {
            throw new RequestFailedException(failure);
        });
        List<InferResponse.Output> outputs = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String id = inputs.get(i).id().orElse(null);
            outputs.add(
                    switch (outcomes.get(i)) {
                        case Outcome.Answered<float[]>(float[] embedding) ->
                            new InferResponse.Output(i, id, embedding, null);
                        case Outcome.Failed<float[]>(Failure failure) ->
                            new InferResponse.Output(i, id, null, Problem.report(failure));
                    });
        }
        return new InferResponse(model, outputs);
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
    private static Optional<Failure> failure(List<Outcome<float[]>> outcomes, boolean event) {
        List<Failure> failures = outcomes.stream()
                .flatMap(outcome -> outcome instanceof Outcome.Failed<float[]>(Failure failure)
                        ? Stream.of(failure)
                        : Stream.empty())
                .toList();
        if (failures.size() == outcomes.size()) {
            return Optional.of(failures.getFirst());
        }
        return failures.stream()
                .filter(failure -> event && Problem.of(failure).retriable())
                .findFirst();
    }
}
