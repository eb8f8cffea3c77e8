package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.headroom.function.Problem;
import dev.headroom.function.chat.CompletionAnswer.Choice;
import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.generate.EventBytes;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.StreamForm;
import dev.headroom.function.generate.Told;
import dev.headroom.function.openai.OpenAiError;
import dev.headroom.request.Failure;
import java.util.List;
import java.util.stream.IntStream;

/** How {@code /v1/completions} answers, as a whole or as a stream. */
final class CompletionForm implements StreamForm {

    private final AnswerHead head;
    private final Generation generation;
    private final boolean logprobs;
    private final List<String> prefixes;
    private final StreamUsage usage;
    private final boolean[] begun;
    private final int[] offsets;

    CompletionForm(Generation generation, CompletionRequest request) {
        this.head = AnswerHead.completion(generation);
        this.generation = generation;
        this.logprobs = request.logprobs() >= 0;
        this.prefixes = request.prefixes();
        this.usage = new StreamUsage(generation, request.streaming().usage());
        this.begun = new boolean[generation.sequences().size()];
        this.offsets = new int[begun.length];
    }

    /** The answer that is not streamed. */
    CompletionAnswer whole(List<EndedSequence> sequences) {
        List<Choice> choices = IntStream.range(0, sequences.size())
                .mapToObj(i -> choice(i, sequences.get(i)))
                .toList();
        return CompletionAnswer.of(
                head,
                choices,
                TokensTaken.of(generation.total(i -> sequences.get(i).usage())));
    }

    private Choice choice(int index, EndedSequence sequence) {
        return new Choice(
                index,
                prefix(index) + sequence.text(),
                logprobs ? CompletionLogprobs.of(generation.model(), sequence.tokens(), 0) : null,
                sequence.reason().word());
    }

    private String prefix(int index) {
        return prefixes.get(index / generation.each());
    }

    @Override
    public void tell(Told told, EventBytes to) {
        int index = told.index();
        if (!begun[index] && !prefix(index).isEmpty()) {
            to.json(chunk(new Choice(index, prefix(index), null, null)));
        }
        begun[index] = true;
        switch (told) {
            case Told.Text text -> add(text, to);
            case Told.Ended ended -> {
                usage.add(ended);
                to.json(chunk(new Choice(index, "", null, ended.reason().word())));
            }
            case Told.Failed _ -> {}
        }
    }

    private void add(Told.Text text, EventBytes to) {
        CompletionLogprobs tokens = null;
        if (logprobs && !text.tokens().isEmpty()) {
            tokens = CompletionLogprobs.of(generation.model(), text.tokens(), offsets[text.index()]);
            offsets[text.index()] += tokens.length();
        }
        if (tokens != null || !text.text().isEmpty()) {
            to.json(chunk(new Choice(text.index(), text.text(), tokens, null)));
        }
    }

    private CompletionAnswer chunk(Choice choice) {
        return CompletionAnswer.of(head, List.of(choice), usage.isWanted() ? NullNode.instance : null);
    }

    @Override
    public void end(EventBytes to) {
        if (usage.isWanted()) {
            to.json(CompletionAnswer.of(head, List.of(), usage.total()));
        }
        to.word("[DONE]");
    }

    @Override
    public void fail(Failure failure, Problem problem, EventBytes to) {
        to.json(OpenAiError.of(failure, problem));
    }
}
