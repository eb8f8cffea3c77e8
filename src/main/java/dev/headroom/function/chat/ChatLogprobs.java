package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The probabilities of tokens, as {@code /v1/chat/completions} tells them. */
@RegisterForReflection
record ChatLogprobs(List<Token> content, List<Token> refusal) {

    /** JSON has no infinity: a token that cannot be. */
    private static final float LEAST = -9999;

    /** A token that was chosen, and the most probable ones in its place. */
    @RegisterForReflection
    record Token(
            String token,
            float logprob,
            int[] bytes,
            @JsonProperty("top_logprobs") List<Candidate> top) {}

    /** A token that might have been chosen. */
    @RegisterForReflection
    record Candidate(String token, float logprob, int[] bytes) {}

    static ChatLogprobs of(TextModel model, List<Choice> choices) {
        return new ChatLogprobs(
                choices.stream().map(choice -> token(model, choice)).toList(), null);
    }

    private static Token token(TextModel model, Choice choice) {
        String text = model.token(choice.token());
        List<Candidate> top = choice.top().stream()
                .map(candidate -> candidate(model.token(candidate.token()), candidate.logprob()))
                .toList();
        return new Token(text, finite(choice.logprob()), bytes(text), top);
    }

    private static Candidate candidate(String text, float logprob) {
        return new Candidate(text, finite(logprob), bytes(text));
    }

    /** The number as JSON can hold it. */
    static float finite(float logprob) {
        return Math.max(LEAST, logprob);
    }

    private static int[] bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] bytes = new int[utf8.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Byte.toUnsignedInt(utf8[i]);
        }
        return bytes;
    }
}
