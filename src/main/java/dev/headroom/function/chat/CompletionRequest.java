package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.generate.Prompts;
import dev.headroom.function.generate.SamplingFields;
import dev.headroom.function.generate.Unserved;
import dev.headroom.generation.TextModel;
import dev.headroom.task.Input;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request of {@code /v1/completions}. Ignores unknown fields, and those that change no text, such as {@code user}.
 *
 * @param body its fields
 * @param input its prompts
 * @param streaming if and how the answer is streamed
 */
public record CompletionRequest(JsonFields body, TextInputs input, Streaming streaming) {

    private static final int MOST_LOGPROBS = 20;

    /** The most tokens unless the request says otherwise, as at OpenAI. */
    public static final int MAX_TOKENS = 16;

    private static final List<Unserved> UNSERVED = List.of(Unserved.of("suffix", "\"\""), Unserved.of("prompt_embeds"));

    /**
     * Reads what does not depend on the model.
     *
     * @throws dev.headroom.request.RequestFailedException when the JSON is no such request
     */
    static CompletionRequest read(JsonNode json, InputReader reader) {
        JsonFields body = JsonFields.among(json, List.of("model", "prompt"));
        Unserved.refuse(body, UNSERVED);
        CompletionRequest request = new CompletionRequest(
                body, TextInputs.read("prompt", body.json().path("prompt"), reader), Streaming.read(body));
        request.checkEcho();
        return request;
    }

    private void checkEcho() {
        if (echo() && body.json().hasNonNull("logprobs")) {
            throw JsonFields.wrong(
                    "echo",
                    "and logprobs are both there, and a prompt's probabilities are not told here; leave one out.");
        }
        if (echo() && input.inputs().stream().anyMatch(prompt -> !(prompt instanceof Input.Text))) {
            throw JsonFields.wrong("echo", "is true, and prompt has token ids; send a text, or leave echo out.");
        }
    }

    Optional<String> model() {
        return body.text("model");
    }

    private boolean echo() {
        return body.flag("echo").orElse(false);
    }

    /** The text before each continuation: the prompt where the request wants it back, else nothing. */
    List<String> prefixes() {
        return input.inputs().stream()
                .map(prompt -> echo() && prompt instanceof Input.Text(String text) ? text : "")
                .toList();
    }

    /**
     * The prompts' tokens.
     *
     * @throws dev.headroom.request.RequestFailedException when a token id is none
     */
    Prompts prompts(TextModel model) {
        boolean special = body.flag("add_special_tokens").orElse(true);
        return new Prompts(
                "prompt",
                model,
                input.inputs().stream()
                        .map(prompt -> tokens(model, prompt, special))
                        .toList());
    }

    private static int[] tokens(TextModel model, Input prompt, boolean special) {
        return switch (prompt) {
            case Input.Text(String text) -> model.tokens(text, special);
            case Input.Tokens(long[] ids) -> ids(ids);
            case Input.Pair _, Input.Image _, Input.Reference _, Input.Tensors _ ->
                throw new IllegalStateException("no prompt: " + prompt);
        };
    }

    private static int[] ids(long[] ids) {
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] > Integer.MAX_VALUE) {
                throw JsonFields.wrong("prompt", "has the token id %d; send ids of the model's vocabulary.", ids[i]);
            }
            tokens[i] = (int) ids[i];
        }
        return tokens;
    }

    /** How many most probable tokens are told with each; -1 for none. */
    int logprobs() {
        OptionalLong logprobs = body.whole("logprobs", 0, MOST_LOGPROBS);
        return logprobs.isPresent() ? (int) logprobs.getAsLong() : -1;
    }

    /**
     * How the prompts are continued.
     *
     * @throws dev.headroom.request.RequestFailedException when a field is not as it should be
     */
    Prompts.Wish wish(TextModel model, Prompts prompts) {
        SamplingFields sampling = SamplingFields.of(body, model);
        return new Prompts.Wish(
                sampling.read(logprobs(), ResponseFormat.shape(body)),
                Streaming.choices(body),
                prompts.maxTokens(body, MAX_TOKENS),
                sampling.stopping());
    }
}
