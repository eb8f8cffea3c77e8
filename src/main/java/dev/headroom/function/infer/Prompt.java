package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.chat.ChatPrompt;
import dev.headroom.function.chat.CompletionRequest;
import dev.headroom.function.chat.Conversation;
import dev.headroom.function.chat.ResponseFormat;
import dev.headroom.function.generate.Prompts;
import dev.headroom.function.generate.SamplingFields;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.TextModel;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Input;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * An input of a model that generates text.
 *
 * @param name the input's name, for errors
 * @param content what is continued or answered
 * @param parameters how; empty as the request says for all inputs
 */
record Prompt(String name, Content content, Optional<JsonFields> parameters) {

    /** The fields that say how text is generated, named as at OpenAI's paths and in vLLM. */
    private static final List<String> PARAMETERS = List.of(
            "max_tokens",
            "min_tokens",
            "ignore_eos",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "seed",
            "stop",
            "response_format");

    /** Those of a conversation alone. */
    private static final List<String> OF_CHAT = List.of(
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "documents",
            "chat_template_kwargs",
            "add_generation_prompt",
            "continue_final_message",
            "reasoning_effort");

    private static final List<String> ALL =
            Stream.concat(PARAMETERS.stream(), OF_CHAT.stream()).toList();

    /** The text that a model continues, or the conversation that it answers. */
    sealed interface Content {

        /** A text that is continued. */
        record Text(String text) implements Content {}

        /** A conversation that is answered. */
        record Chat(Conversation conversation) implements Content {}
    }

    /** True if these are the fields of an input that only a model that generates text can answer. */
    static boolean isIn(JsonFields input) {
        return input.json().hasNonNull("messages") || input.json().hasNonNull("parameters");
    }

    /**
     * Reads such an input.
     *
     * @throws RequestFailedException when it is neither a text nor a conversation
     */
    static Prompt read(String name, JsonFields input, InputReader limits) {
        for (String other : List.of("text_pair", "image")) {
            if (input.json().hasNonNull(other)) {
                throw JsonFields.wrong(name + "." + other, "stands beside messages or parameters; send two inputs.");
            }
        }
        boolean chat = input.json().hasNonNull("messages");
        if (chat && input.json().hasNonNull("text")) {
            throw JsonFields.wrong(name, "has messages and a text; send one of them, or two inputs.");
        }
        return new Prompt(
                name,
                chat
                        ? new Content.Chat(Conversation.read(input, limits))
                        : new Content.Text(
                                limits.text(name + ".text", input.json().path("text"))),
                parameters(input));
    }

    /**
     * The content of an input that other models could answer, too.
     *
     * @throws RequestFailedException when it is no text alone
     */
    static Content content(Input input, int index, String generator) {
        return switch (input) {
            case Input.Text(String text) -> new Content.Text(text);
            case Input.Pair _, Input.Image _, Input.Reference _, Input.Tokens _, Input.Tensors _ ->
                throw JsonFields.wrong(
                        "inputs[" + index + "]",
                        "is no text alone, and model '%s' generates text; send a text or messages.",
                        generator);
        };
    }

    /** Why a model that generates no text cannot answer it. */
    Failure withoutGenerator(String otherModel) {
        return new Failure.Invalid("%s has messages or parameters, and model '%s' generates no text; send a text alone."
                .formatted(name, otherModel));
    }

    /**
     * The field {@code parameters} of a request or of an input; empty where it is left out.
     *
     * @throws RequestFailedException when it is no object, or has other fields
     */
    static Optional<JsonFields> parameters(JsonFields fields) {
        if (!fields.json().hasNonNull("parameters")) {
            return Optional.empty();
        }
        JsonFields parameters = fields.within("parameters", "an object such as {\"max_tokens\": 100}, or leave it out");
        return Optional.of(JsonFields.of(parameters.prefix(), parameters.json(), ALL));
    }

    /**
     * The texts that the model is asked for.
     *
     * @param usual the request's parameters, for an input that has none
     * @throws RequestFailedException when a field is not as it should be, or the prompt does not fit
     */
    GenerationRequest request(TextModel model, Optional<JsonFields> usual, Urgency urgency) {
        JsonFields fields = parameters
                .or(() -> usual)
                .orElseGet(() -> new JsonFields("parameters.", JsonNodeFactory.instance.objectNode()));
        ChatPrompt.Written written = written(model, fields);
        Prompts prompts = new Prompts(name, model, List.of(written.tokens()));
        SamplingFields sampling = SamplingFields.of(fields, model);
        Prompts.Wish wish =
                new Prompts.Wish(sampling.read(-1, written.form()), 1, maxTokens(fields, prompts), sampling.stopping());
        return prompts.generation(wish, urgency).sequences().getFirst();
    }

    private ChatPrompt.Written written(TextModel model, JsonFields fields) {
        return switch (content) {
            case Content.Text(String text) -> {
                JsonFields.of(fields.prefix(), fields.json(), PARAMETERS);
                yield new ChatPrompt.Written(
                        model.tokens(text, true), ResponseFormat.shape(fields).map(shape -> shape));
            }
            case Content.Chat(Conversation conversation) ->
                ChatPrompt.read(fields, conversation).written(model, fields, false);
        };
    }

    /** Unless the request says so, as many as at OpenAI's paths. */
    private OptionalInt maxTokens(JsonFields fields, Prompts prompts) {
        boolean all = content instanceof Content.Chat && !fields.json().hasNonNull("max_tokens");
        return all ? OptionalInt.empty() : prompts.maxTokens(fields, CompletionRequest.MAX_TOKENS);
    }
}
