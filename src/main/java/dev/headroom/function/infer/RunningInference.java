package dev.headroom.function.infer;

import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.request.Failure;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * A request that is being answered. Makes the response of its inputs' outcomes, with one output for each input.
 *
 * @param model the model that answers
 * @param asked the request's inputs, good and bad
 * @param running the good ones, or all
 */
record RunningInference<T>(String model, List<Asked> asked, RunningInputs<T> running) {

    private static final Logger LOG = Logger.getLogger(RunningInference.class);

    /**
     * Returns the response, which completes once every input has its outcome, and fails with a {@link RequestFailedException} when
     * no input was answered.
     *
     * @param event whether an event asks: a broker repeats whole events, so that one input that may pass later fails its event
     */
    CompletableFuture<InferResponse> response(boolean event) {
        return running.outcomes().thenApply(outcomes -> respond(inOrder(outcomes), event));
    }

    private List<Outcome<T>> inOrder(List<Outcome<T>> outcomes) {
        if (outcomes.size() == asked.size()) {
            return outcomes;
        }
        Iterator<Outcome<T>> rest = outcomes.iterator();
        List<Outcome<T>> all = new ArrayList<>(asked.size());
        for (Asked input : asked) {
            all.add(
                    switch (input) {
                        case Asked.Good _, Asked.Prompted _ -> rest.next();
                        case Asked.Bad bad -> new Outcome.Failed<>(bad.failure());
                    });
        }
        return all;
    }

    private InferResponse respond(List<Outcome<T>> outcomes, boolean event) {
        List<Failure> failures = RunningRequest.failures(outcomes);
        whole(failures, event).ifPresent(failure -> {
            throw new RequestFailedException(failure);
        });
        String instance = failures.isEmpty() ? "" : Problem.newInstance();
        if (!failures.isEmpty()) {
            LOG.infof("%s: %d of %d inputs failed; the first:", instance, failures.size(), asked.size());
            Problem.of(failures.getFirst(), instance).log(failures.getFirst());
        }
        List<InferResponse.Output> outputs = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            outputs.add(output(i, outcomes.get(i), instance));
        }
        return new InferResponse(model, outputs, running.slowest());
    }

    private InferResponse.Output output(int index, Outcome<T> outcome, String instance) {
        String id = asked.get(index).id().orElse(null);
        return switch (outcome) {
            case Outcome.Answered<T>(T answer) -> running.output(index, id, answer);
            case Outcome.Failed<T>(Failure failure) ->
                InferResponse.Output.failed(index, id, Problem.of(failure, instance));
        };
    }

    /** Returns the failure of the request as a whole; empty when it does not fail as a whole. */
    private Optional<Failure> whole(List<Failure> failures, boolean event) {
        if (failures.size() == asked.size()) {
            return Failure.gravest(failures);
        }
        return event ? Failure.gravest(failures).filter(Failure::mayPass) : Optional.empty();
    }
}
