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
import dev.headroom.request.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.BitSet;
import java.util.List;

/** A stream of {@code /v1/chat/completions}. */
final class ChatStream implements StreamForm {

    private final AnswerHead head;
    private final Generation generation;
    private final boolean logprobs;
    private final StreamUsage usage;
    private final BitSet begun = new BitSet();

    /** @param logprobs true if the request asks for probabilities */
    ChatStream(Generation generation, Streaming streaming, boolean logprobs) {
        this.head = AnswerHead.chat(generation);
        this.generation = generation;
        this.logprobs = logprobs;
        this.usage = new StreamUsage(generation, streaming.usage());
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

    /** What an event says of one sequence. */
    @RegisterForReflection
    record Choice(
            int index,
            Delta delta,
            ChatLogprobs logprobs,
            @JsonProperty("finish_reason") String finishReason) {}

    /** What is added to the message. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(String role, String content) {}

    @Override
    public void tell(Told told, EventBytes to) {
        if (!begun.get(told.index())) {
            begun.set(told.index());
            to.json(chunk(new Choice(told.index(), new Delta("assistant", ""), null, null)));
        }
        switch (told) {
            case Told.Text text -> add(text, to);
            case Told.Ended ended -> {
                usage.add(ended);
                to.json(chunk(new Choice(
                        ended.index(),
                        new Delta(null, null),
                        null,
                        ended.reason().word())));
            }
            case Told.Failed _ -> {}
        }
    }

    private void add(Told.Text text, EventBytes to) {
        boolean withTokens = logprobs && !text.tokens().isEmpty();
        if (withTokens || !text.text().isEmpty()) {
            ChatLogprobs tokens = withTokens ? ChatLogprobs.of(generation.model(), text.tokens()) : null;
            to.json(chunk(new Choice(text.index(), new Delta(null, text.text()), tokens, null)));
        }
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
