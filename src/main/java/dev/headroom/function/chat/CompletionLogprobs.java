package dev.headroom.function.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The probabilities of tokens, as {@code /v1/completions} tells them.
 *
 * @param textOffset where each token's text begins in the continuation, in characters
 */
@RegisterForReflection
record CompletionLogprobs(
        List<String> tokens,
        @JsonProperty("token_logprobs") List<Float> tokenLogprobs,
        @JsonProperty("top_logprobs") List<Map<String, Float>> topLogprobs,
        @JsonProperty("text_offset") List<Integer> textOffset) {

    /** @param offset the characters of the tokens before these */
    static CompletionLogprobs of(TextModel model, List<Choice> choices, int offset) {
        CompletionLogprobs read =
                new CompletionLogprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int at = offset;
        for (Choice choice : choices) {
            String text = model.token(choice.token());
            read.tokens.add(text);
            read.tokenLogprobs.add(ChatLogprobs.finite(choice.logprob()));
            read.topLogprobs.add(top(model, choice, text));
            read.textOffset.add(at);
            at += text.length();
        }
        return read;
    }

    /** The characters of its tokens. */
    int length() {
        return tokens.stream().mapToInt(String::length).sum();
    }

    /** The chosen token is always among them, as at OpenAI. */
    private static Map<String, Float> top(TextModel model, Choice choice, String text) {
        Map<String, Float> top = new LinkedHashMap<>();
        for (Choice.Candidate candidate : choice.top()) {
            top.putIfAbsent(model.token(candidate.token()), ChatLogprobs.finite(candidate.logprob()));
        }
        top.putIfAbsent(text, ChatLogprobs.finite(choice.logprob()));
        return top;
    }
}
