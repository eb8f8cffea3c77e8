package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.Prompts;
import dev.headroom.function.generate.SamplingFields;
import dev.headroom.function.generate.Unserved;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.form.TextForm;
import dev.headroom.request.Urgency;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A request of {@code /v1/chat/completions}. Ignores unknown fields, and those that change no text, such as
 * {@code user}.
 *
 * @param body its fields
 * @param prompt the conversation
 * @param streaming if and how the answer is streamed
 */
record ChatRequest(JsonFields body, ChatPrompt prompt, Streaming streaming) {

    private static final int MOST_LOGPROBS = 20;

    private static final List<Unserved> UNSERVED = List.of(
            Unserved.of("functions", "[]"),
            Unserved.of("function_call", "\"none\""),
            Unserved.of("audio"),
            Unserved.of("modalities", "[\"text\"]"),
            Unserved.of("web_search_options"),
            Unserved.of("verbosity", "\"medium\""),
            Unserved.of("chat_template"),
            Unserved.of("echo", "false"),
            Unserved.of("suffix", "\"\""));

    /**
     * Reads what does not depend on the model.
     *
     * @throws dev.headroom.request.RequestFailedException when the JSON is no such request
     */
    static ChatRequest read(JsonNode json, InputReader reader) {
        JsonFields body = JsonFields.among(json, List.of("model", "messages"));
        Unserved.refuse(body, UNSERVED);
        Conversation conversation = Conversation.read(body, reader);
        return new ChatRequest(body, ChatPrompt.read(body, conversation), Streaming.read(body));
    }

    Optional<String> model() {
        return body.text("model");
    }

    /** True if the answer has the probability of each token. */
    boolean tellsLogprobs() {
        return body.flag("logprobs").orElse(false);
    }

    /**
     * The generation that is wanted.
     *
     * @throws dev.headroom.request.RequestFailedException when a field is not as it should be, or the template refuses the messages
     */
    Generation generation(TextModel model, Urgency urgency) {
        ChatPrompt.Written written =
                prompt.written(model, body, body.flag("add_special_tokens").orElse(false));
        return new Prompts("messages", model, List.of(written.tokens()))
                .generation(wish(model, written.form()), urgency);
    }

    private Prompts.Wish wish(TextModel model, Optional<TextForm> form) {
        SamplingFields sampling = SamplingFields.of(body, model);
        return new Prompts.Wish(
                sampling.read(logprobs(), form), Streaming.choices(body), maxTokens(), sampling.stopping());
    }

    private int logprobs() {
        OptionalLong top = body.whole("top_logprobs", 0, MOST_LOGPROBS);
        if (top.orElse(0) > 0 && !tellsLogprobs()) {
            throw JsonFields.wrong("top_logprobs", "is there without logprobs; set logprobs to true, too.");
        }
        return tellsLogprobs() ? (int) top.orElse(0) : -1;
    }

    /** The newer name goes before. */
    private OptionalInt maxTokens() {
        OptionalInt older = body.count("max_tokens");
        OptionalInt newer = body.count("max_completion_tokens");
        return newer.isPresent() ? newer : older;
    }
}
