package dev.headroom.function.infer;

import dev.headroom.function.RunningRequest;
import dev.headroom.request.Outcome;
import dev.headroom.request.Timing;
import dev.headroom.task.Answer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Inputs that run in batches, each as an item. */
record RunningItems(RunningRequest request) implements RunningInputs<Answer> {

    @Override
    public CompletableFuture<List<Outcome<Answer>>> outcomes() {
        return request.outcomes();
    }

    @Override
    public InferResponse.Output output(int index, String id, Answer answer) {
        return InferResponse.Output.of(index, id, answer);
    }

    @Override
    public Optional<Timing> slowest() {
        return request.slowest();
    }

    @Override
    public void abandon() {
        request.abandon();
    }
}
