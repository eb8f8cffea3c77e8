package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * An answer of {@code /v1/completions}, or an event of its stream.
 *
 * @param usage left out where it is null
 */
@RegisterForReflection
record CompletionAnswer(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        @JsonInclude(JsonInclude.Include.NON_NULL) Object usage) {

    /** One sequence, or what is added to it. */
    @RegisterForReflection
    record Choice(
            int index,
            String text,
            CompletionLogprobs logprobs,
            @JsonProperty("finish_reason") String finishReason) {}

    static CompletionAnswer of(AnswerHead head, List<Choice> choices, Object usage) {
        return new CompletionAnswer(head.id(), "text_completion", head.created(), head.model(), choices, usage);
    }
}
