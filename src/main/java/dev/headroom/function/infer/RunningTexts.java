package dev.headroom.function.infer;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.generate.TextMemory;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.TextModel;
import dev.headroom.request.Failure;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Timing;
import dev.headroom.request.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The inputs of a request that a model continues, each by a sequence of its own.
 *
 * @param texts one for each input, good or bad
 */
record RunningTexts(List<RunningText> texts) implements RunningInputs<EndedSequence> {

    /**
     * Starts on all good inputs, or on none.
     *
     * @param memory has their texts
     * @throws RequestFailedException when one is not admitted, or there are more than can ever wait
     */
    static RunningTexts start(TextModel model, InferRequest request, Urgency urgency, TextMemory memory) {
        request.checkGenerates(model.name());
        List<Outcome<GenerationRequest>> read = new ArrayList<>();
        for (Asked asked : request.asked()) {
            read.add(read(model, request, read.size(), urgency));
        }
        List<GenerationRequest> good = read.stream()
                .flatMap(one -> one instanceof Outcome.Answered<GenerationRequest>(GenerationRequest sequence)
                        ? Stream.of(sequence)
                        : Stream.empty())
                .toList();
        checkCount(model, good);
        memory.begin(good);
        return admit(model, read, memory);
    }

    private static RunningTexts admit(TextModel model, List<Outcome<GenerationRequest>> read, TextMemory memory) {
        List<RunningText> texts = new ArrayList<>();
        try {
            for (Outcome<GenerationRequest> one : read) {
                texts.add(
                        switch (one) {
                            case Outcome.Answered<GenerationRequest>(GenerationRequest sequence) ->
                                RunningText.admit(model, sequence, memory);
                            case Outcome.Failed<GenerationRequest>(Failure failure) -> RunningText.failure(failure);
                        });
            }
        } catch (RuntimeException | Error e) {
            texts.forEach(RunningText::abandon);
            throw e;
        }
        return new RunningTexts(texts);
    }

    private static Outcome<GenerationRequest> read(TextModel model, InferRequest request, int index, Urgency urgency) {
        try {
            return new Outcome.Answered<>(
                    request.prompt(index, model.name()).request(model, request.parameters(), urgency));
        } catch (RequestFailedException e) {
            return new Outcome.Failed<>(e.failure());
        }
    }

    private static void checkCount(TextModel model, List<GenerationRequest> good) {
        int most = model.mostWaiting(good, 1);
        if (good.size() > most) {
            throw JsonFields.tooLarge(
                    "inputs has %d prompts, and at most %d wait for model '%s' at a time; send several requests.",
                    good.size(), most, model.name());
        }
    }

    @Override
    public CompletableFuture<List<Outcome<EndedSequence>>> outcomes() {
        CompletableFuture<?>[] all = texts.stream().map(RunningText::outcome).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all)
                .thenApplyAsync(
                        done -> texts.stream()
                                .map(text -> text.outcome().join())
                                .toList(),
                        Thread::startVirtualThread);
    }

    @Override
    public InferResponse.Output output(int index, String id, EndedSequence answer) {
        return InferResponse.Output.of(index, id, answer, texts.get(index).answer(answer.text()));
    }

    @Override
    public Optional<Timing> slowest() {
        return Optional.empty();
    }

    @Override
    public void abandon() {
        texts.forEach(RunningText::abandon);
    }
}
