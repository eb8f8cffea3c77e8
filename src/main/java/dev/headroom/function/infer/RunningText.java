package dev.headroom.function.infer;

import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.generate.TextMemory;
import dev.headroom.function.tools.AnswerWithCalls;
import dev.headroom.function.tools.CallReader;
import dev.headroom.generation.GenerationListener;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import dev.headroom.request.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** An input that a model continues: collects its text until it has its one outcome. */
final class RunningText implements GenerationListener {

    private final BiConsumer<String, List<Choice>> memory;
    private final Function<String, AnswerWithCalls> reading;
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Outcome<EndedSequence>> outcome = new CompletableFuture<>();
    private Runnable cancellation = () -> {};

    private RunningText(BiConsumer<String, List<Choice>> memory, Function<String, AnswerWithCalls> reading) {
        this.memory = memory;
        this.reading = reading;
    }

    /** An input that cannot be run. */
    static RunningText failure(Failure failure) {
        RunningText failed = new RunningText((text, tokens) -> {}, AnswerWithCalls::text);
        failed.failed(failure);
        return failed;
    }

    /**
     * Has an input continued.
     *
     * @param memory has its text
     * @throws dev.headroom.request.RequestFailedException when it is not admitted
     */
    static RunningText admit(TextModel model, GenerationRequest request, TextMemory memory) {
        RunningText running = new RunningText(memory::take, text -> CallReader.answer(request, text));
        running.cancellation = model.generate(request, running);
        return running;
    }

    /** The calls of tools in its whole text, and the rest of that. */
    AnswerWithCalls answer(String whole) {
        return reading.apply(whole);
    }

    /** The outcome. The thread that completes it runs the model. */
    CompletableFuture<Outcome<EndedSequence>> outcome() {
        return outcome;
    }

    /** Ends it, because nobody waits for it any more. */
    void abandon() {
        cancellation.run();
        failed(Failure.Abandoned.HUNG_UP);
    }

    @Override
    public void text(String more, List<Choice> tokens) {
        memory.accept(more, tokens);
        text.append(more);
    }

    @Override
    public void ended(FinishReason reason, Usage usage) {
        outcome.complete(new Outcome.Answered<>(new EndedSequence(text.toString(), List.of(), reason, usage)));
    }

    @Override
    public void failed(Failure failure) {
        outcome.complete(new Outcome.Failed<>(failure));
    }
}
