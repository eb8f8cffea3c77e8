package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.headroom.function.Problem;
import dev.headroom.function.generate.EventBytes;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.StreamForm;
import dev.headroom.function.generate.Told;
import dev.headroom.function.openai.OpenAiError;
import dev.headroom.function.tools.CallPart;
import dev.headroom.function.tools.CallReader;
import dev.headroom.function.tools.ToolCall;
import dev.headroom.request.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** A stream of {@code /v1/chat/completions}. */
final class ChatStream implements StreamForm {

    private final AnswerHead head;
    private final Generation generation;
    private final boolean logprobs;
    private final StreamUsage usage;
    private final BitSet begun = new BitSet();
    private final List<Optional<CallReader>> readers;

    /** @param logprobs true if the request asks for probabilities */
    ChatStream(Generation generation, Streaming streaming, boolean logprobs) {
        this.head = AnswerHead.chat(generation);
        this.generation = generation;
        this.logprobs = logprobs;
        this.usage = new StreamUsage(generation, streaming.usage());
        this.readers = generation.sequences().stream().map(CallReader::of).toList();
    }

    /** An event; {@code usage} is null in all but the last one where that is asked for, else it is left out. */
    @RegisterForReflection
    record Chunk(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,
            @JsonInclude(JsonInclude.Include.NON_NULL) Object usage) {}

    /** The news of one sequence in an event. */
    @RegisterForReflection
    record Choice(
            int index,
            Delta delta,
            ChatLogprobs logprobs,
            @JsonProperty("finish_reason") String finishReason) {}

    /** The piece that is added to the message. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(
            String role,
            String content,
            @JsonProperty("tool_calls") List<ToolCall> calls) {

        static final Delta NOTHING = new Delta(null, null, null);

        static Delta content(String text) {
            return new Delta(null, text, null);
        }

        static Delta of(CallPart part) {
            return switch (part) {
                case CallPart.Content(String text) -> content(text);
                case CallPart.Begin begin -> new Delta(null, null, List.of(ToolCall.begin(begin)));
                case CallPart.Arguments more -> new Delta(null, null, List.of(ToolCall.more(more)));
            };
        }
    }

    @Override
    public void tell(Told told, EventBytes to) {
        if (!begun.get(told.index())) {
            begun.set(told.index());
            to.json(chunk(new Choice(told.index(), new Delta("assistant", "", null), null, null)));
        }
        switch (told) {
            case Told.Text text -> add(text, to);
            case Told.Ended ended -> end(ended, to);
            case Told.Failed _ -> {}
        }
    }

    private void add(Told.Text text, EventBytes to) {
        List<Delta> deltas = readers.get(text.index())
                .map(reader -> deltas(reader.read(text.text())))
                .orElseGet(() -> text.text().isEmpty() ? List.of() : List.of(Delta.content(text.text())));
        boolean withTokens = logprobs && !text.tokens().isEmpty();
        if (withTokens) {
            Delta first = deltas.isEmpty() ? Delta.content("") : deltas.getFirst();
            ChatLogprobs tokens = ChatLogprobs.of(generation.model(), text.tokens());
            to.json(chunk(new Choice(text.index(), first, tokens, null)));
        }
        deltas.stream().skip(withTokens ? 1 : 0).forEach(delta -> add(text.index(), delta, to));
    }

    private static List<Delta> deltas(List<CallPart> parts) {
        return parts.stream().map(Delta::of).toList();
    }

    private void add(int index, Delta delta, EventBytes to) {
        to.json(chunk(new Choice(index, delta, null, null)));
    }

    private void end(Told.Ended ended, EventBytes to) {
        usage.add(ended);
        Optional<CallReader> reader = readers.get(ended.index());
        reader.ifPresent(rest -> deltas(rest.finish()).forEach(delta -> add(ended.index(), delta, to)));
        boolean called = reader.map(CallReader::called).orElse(false);
        String reason = CallReader.finishReason(ended.reason(), called);
        to.json(chunk(new Choice(ended.index(), Delta.NOTHING, null, reason)));
    }

    private Chunk chunk(Choice choice) {
        return chunk(List.of(choice), usage.isWanted() ? NullNode.instance : null);
    }

    private Chunk chunk(List<Choice> choices, Object taken) {
        return new Chunk(head.id(), "chat.completion.chunk", head.created(), head.model(), choices, taken);
    }

    @Override
    public void end(EventBytes to) {
        if (usage.isWanted()) {
            to.json(chunk(List.of(), usage.total()));
        }
        to.word("[DONE]");
    }

    @Override
    public void fail(Failure failure, Problem problem, EventBytes to) {
        to.json(OpenAiError.of(failure, problem));
    }
}
