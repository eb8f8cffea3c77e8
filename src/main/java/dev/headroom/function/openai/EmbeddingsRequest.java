package dev.headroom.function.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Input;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Options;
import dev.headroom.task.Truncation;
import java.util.List;
import java.util.Optional;

/**
 * The request of an OpenAI client. Ignores unknown fields, as OpenAI-compatible servers do: clients send {@code user},
 * {@code priority} and more, which do not change a vector.
 *
 * @param model the model's name; may be empty where one model embeds
 * @param base64 true if the client wants vectors as bytes, and not as numbers
 * @param type the kind of text; empty where the request does not say
 * @param options the options but for the prompt that follows from the type
 */
record EmbeddingsRequest(
        Optional<String> model, TextInputs input, boolean base64, Optional<InputType> type, Options options) {

    private static final List<String> FIELDS = List.of(
            "model", "input", "messages", "encoding_format", "dimensions", "prompt_name", "truncate_prompt_tokens");

    private static final List<String> FORMATS = List.of("float", "base64");

    /** The value of vLLM's {@code truncate_prompt_tokens} that means as many tokens as the model reads. */
    private static final int AS_MANY_AS_FIT = -1;

    /**
     * Reads a request.
     *
     * @throws RequestFailedException when the JSON is no such request
     */
    static EmbeddingsRequest read(JsonNode json, InputReader reader) {
        JsonFields fields = JsonFields.among(json, FIELDS);
        Optional<String> model = fields.text("model");
        TextInputs input = new ContentParts(reader).read(fields);
        checkNotEmpty(input);
        if (fields.flag("late_chunking").orElse(false)) {
            throw JsonFields.wrong("late_chunking", "is true, and each text is read by itself here; leave it out.");
        }
        Optional<String> format =
                fields.word("encoding_format", FORMATS).or(() -> fields.word("embedding_type", FORMATS));
        return new EmbeddingsRequest(
                model,
                input,
                format.filter("base64"::equals).isPresent(),
                InputType.of(fields),
                new Options(
                        Optional.empty(),
                        fields.count("dimensions"),
                        truncation(fields),
                        fields.text("prompt_name"),
                        false));
    }

    /** The options for a model with these prompts. */
    Options optionsFor(NamedModel by) {
        Optional<String> prompt = by.doing(TaskSpec.Embed.class)
                .map(graph -> (TaskSpec.Embed) graph.spec())
                .flatMap(task -> type.flatMap(known -> known.promptOf(task)));
        return options.prompt().isPresent() || prompt.isEmpty() ? options : options.with(prompt);
    }

    /** True if the input came as a message, which a model of texts alone reads with a template that is not served. */
    boolean message() {
        return input.field().equals(ContentParts.MESSAGES);
    }

    private static void checkNotEmpty(TextInputs input) {
        for (int i = 0; i < input.inputs().size(); i++) {
            if (input.inputs().get(i) instanceof Input.Text(String text) && text.isEmpty()) {
                throw JsonFields.wrong(
                        input.field() + "[" + i + "]", "is an empty string; send at least one character.");
            }
        }
    }

    /** The words are NVIDIA's, the flag is Jina's. */
    private static Truncation truncation(JsonFields fields) {
        JsonNode truncate = fields.json().path("truncate");
        if (truncate.isBoolean()) {
            return truncate.booleanValue() ? Truncation.USUAL : Truncation.NONE;
        }
        return switch (fields.word("truncate", List.of("none", "end", "start")).orElse("none")) {
            case "end" -> Truncation.RIGHT;
            case "start" -> Truncation.LEFT;
            default -> truncates(fields.json().path("truncate_prompt_tokens")) ? Truncation.USUAL : Truncation.NONE;
        };
    }

    private static boolean truncates(JsonNode tokens) {
        if (tokens.isMissingNode() || tokens.isNull()) {
            return false;
        }
        if (!tokens.isIntegralNumber() || tokens.asLong() != AS_MANY_AS_FIT) {
            throw JsonFields.wrong(
                    "truncate_prompt_tokens",
                    "is %s; send -1 to have a text cut to what the model reads, or leave it out.",
                    JsonFields.kind(tokens));
        }
        return true;
    }
}
