package dev.headroom.function.tgi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * An answer of {@code /generate}.
 *
 * @param details left out where it is null
 */
@RegisterForReflection
record TgiAnswer(
        @JsonProperty("generated_text") String generatedText,
        @JsonInclude(JsonInclude.Include.NON_NULL) Details details) {

    /** JSON has no infinity: a token that cannot be. */
    private static final float LEAST = -9999;

    /**
     * A token.
     *
     * @param special true where it stands for no text
     */
    @RegisterForReflection
    record Token(int id, String text, float logprob, boolean special) {

        /** A token that was chosen, with this text. */
        static Token of(Choice choice, String text) {
            return new Token(choice.token(), text, Math.max(LEAST, choice.logprob()), false);
        }
    }

    /** How the text came about; {@code topTokens} is left out where it is null. */
    @RegisterForReflection
    record Details(
            @JsonProperty("finish_reason") String finishReason,
            @JsonProperty("generated_tokens") int generatedTokens,
            Long seed,
            List<Token> prefill,
            List<Token> tokens,

            @JsonProperty("top_tokens") @JsonInclude(JsonInclude.Include.NON_NULL)
            List<List<Token>> topTokens) {}

    /** The most probable tokens in the place of one. */
    static List<Token> top(TextModel model, Choice choice) {
        return choice.top().stream()
                .map(other ->
                        new Token(other.token(), model.token(other.token()), Math.max(LEAST, other.logprob()), false))
                .toList();
    }

    /**
     * TGI's word for why a sequence ended. A token that ends it is generated, and not told.
     *
     * @param told how many tokens were told
     */
    static String word(FinishReason reason, Usage usage, int told) {
        return switch (reason) {
            case LENGTH -> "length";
            case STOP -> usage.generated() > told ? "eos_token" : "stop_sequence";
        };
    }
}
