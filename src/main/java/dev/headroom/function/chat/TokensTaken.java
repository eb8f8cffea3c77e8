package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.generation.GenerationListener.Usage;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The tokens that a request took, as OpenAI's clients read them. */
@RegisterForReflection
public record TokensTaken(
        @JsonProperty("prompt_tokens") int promptTokens,
        @JsonProperty("completion_tokens") int completionTokens,
        @JsonProperty("total_tokens") int totalTokens,
        @JsonProperty("prompt_tokens_details") Details details) {

    /** Tokens of the prompts that were not computed anew. */
    @RegisterForReflection
    public record Details(@JsonProperty("cached_tokens") int cachedTokens) {}

    /** The tokens in the form of OpenAI's. */
    public static TokensTaken of(Usage usage) {
        return new TokensTaken(
                usage.prompt(), usage.generated(), usage.prompt() + usage.generated(), new Details(usage.cached()));
    }
}
