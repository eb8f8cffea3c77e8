package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.tools.AnswerWithCalls;
import dev.headroom.function.tools.CallReader;
import dev.headroom.function.tools.ToolCall;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.stream.IntStream;

/** An answer of {@code /v1/chat/completions} that is not streamed. */
@RegisterForReflection
public record ChatAnswer(
        String id, String object, long created, String model, List<Choice> choices, TokensTaken usage) {

    /** One sequence. */
    @RegisterForReflection
    record Choice(
            int index,
            Message message,
            ChatLogprobs logprobs,
            @JsonProperty("finish_reason") String finishReason) {}

    /** The assistant's text and its calls, which are left out where they are null. */
    @RegisterForReflection
    record Message(
            String role,
            String content,
            String refusal,

            @JsonProperty("tool_calls") @JsonInclude(JsonInclude.Include.NON_NULL)
            List<ToolCall> calls) {}

    /** @param logprobs true if the request asks for probabilities */
    static ChatAnswer of(AnswerHead head, Generation generation, List<EndedSequence> sequences, boolean logprobs) {
        List<Choice> choices = IntStream.range(0, sequences.size())
                .mapToObj(i -> choice(generation, i, sequences.get(i), logprobs))
                .toList();
        TokensTaken usage =
                TokensTaken.of(generation.total(i -> sequences.get(i).usage()));
        return new ChatAnswer(head.id(), "chat.completion", head.created(), head.model(), choices, usage);
    }

    private static Choice choice(Generation generation, int index, EndedSequence sequence, boolean logprobs) {
        AnswerWithCalls answer = CallReader.answer(generation.sequences().get(index), sequence.text());
        return new Choice(
                index,
                new Message("assistant", answer.content(), null, answer.calls()),
                logprobs ? ChatLogprobs.of(generation.model(), sequence.tokens()) : null,
                CallReader.finishReason(sequence.reason(), answer.called()));
    }
}
