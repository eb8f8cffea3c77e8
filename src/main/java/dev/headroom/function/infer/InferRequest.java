package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request of the native form, read from JSON with errors that name the field.
 *
 * @param model the model's name; empty where the caller named none
 * @param asked the inputs in their order, good and bad
 * @param options how the answers should be made
 * @param parameters how text is generated where an input does not say
 */
public record InferRequest(
        Optional<String> model, List<Asked> asked, Options options, Optional<JsonFields> parameters) {

    private static final List<String> FIELDS = List.of(
            "model", "inputs", "normalize", "dimensions", "truncate", "prompt_name", "raw_scores", "parameters");
    private static final List<String> INPUT_FIELDS =
            List.of("id", "text", "text_pair", "image", "messages", "parameters");

    /** One input, good or bad. */
    public sealed interface Asked {

        /** The caller's name for the input; empty when it has none. */
        Optional<String> id();

        /** An input that can be run. */
        record Good(Optional<String> id, Input input) implements Asked {}

        /** An input that only a model that generates text can answer. */
        record Prompted(Optional<String> id, Prompt prompt) implements Asked {}

        /** An input that cannot be run, and why. */
        record Bad(Optional<String> id, Failure failure) implements Asked {}
    }

    /**
     * Reads a request.
     *
     * @param json the body; may be null
     * @param limits reads the inputs within the limits
     * @throws RequestFailedException when the JSON is no request; a bad input fails alone
     */
    public static InferRequest read(JsonNode json, InputReader limits) {
        JsonFields fields = JsonFields.of(json, FIELDS);
        return new InferRequest(
                fields.text("model"),
                inputs(json.path("inputs"), limits),
                new Options(
                        fields.flag("normalize"),
                        fields.count("dimensions"),
                        fields.flag("truncate").orElse(true) ? Truncation.USUAL : Truncation.NONE,
                        fields.text("prompt_name"),
                        fields.flag("raw_scores").orElse(false)),
                Prompt.parameters(fields));
    }

    /** A request to answer one image. */
    public static InferRequest of(Input.Image image) {
        return new InferRequest(
                Optional.empty(), List.of(new Asked.Good(Optional.empty(), image)), Options.USUAL, Optional.empty());
    }

    /** The request with this model where it names none itself. */
    public InferRequest orModel(Optional<String> other) {
        return new InferRequest(model.or(() -> other), asked, options, parameters);
    }

    private static List<Asked> inputs(JsonNode inputs, InputReader limits) {
        if (inputs.isTextual() || inputs.isObject()) {
            return List.of(input("inputs", inputs, limits));
        }
        if (!inputs.isArray()) {
            throw JsonFields.wrong(
                    "inputs",
                    "is %s; send a text, or an array of texts or of {\"id\": ..., \"text\": ...}.",
                    JsonFields.kind(inputs));
        }
        limits.checkCount("inputs", inputs.size());
        List<Asked> all = new ArrayList<>(inputs.size());
        for (JsonNode input : inputs) {
            all.add(input("inputs[" + all.size() + "]", input, limits));
        }
        return all;
    }

    private static Asked input(String name, JsonNode input, InputReader limits) {
        JsonNode id = input.path("id");
        Optional<String> itsId = id.isTextual() ? Optional.of(id.textValue()) : Optional.empty();
        try {
            JsonFields fields = fields(name, input);
            return Prompt.isIn(fields)
                    ? new Asked.Prompted(itsId, Prompt.read(name, fields, limits))
                    : new Asked.Good(itsId, read(name, fields, limits));
        } catch (RequestFailedException e) {
            return new Asked.Bad(itsId, e.failure());
        }
    }

    /** A text alone counts as an input that has nothing else. */
    private static JsonFields fields(String name, JsonNode input) {
        if (input.isTextual()) {
            return new JsonFields(name, input);
        }
        if (!input.isObject()) {
            throw JsonFields.wrong(name, "is %s; send a text or {\"id\": ..., \"text\": ...}.", JsonFields.kind(input));
        }
        JsonFields fields = JsonFields.of(name + ".", input, INPUT_FIELDS);
        fields.text("id");
        return fields;
    }

    private static Input read(String name, JsonFields fields, InputReader limits) {
        JsonNode input = fields.json();
        if (input.isTextual()) {
            return new Input.Text(limits.text(name, input));
        }
        if (input.hasNonNull("image")) {
            if (input.hasNonNull("text") || input.hasNonNull("text_pair")) {
                throw JsonFields.wrong(name, "has an image and a text; send one of them, or two inputs.");
            }
            return limits.image(name + ".image", input.path("image"));
        }
        String text = limits.text(name + ".text", input.path("text"));
        return input.hasNonNull("text_pair")
                ? new Input.Pair(text, limits.text(name + ".text_pair", input.path("text_pair")))
                : new Input.Text(text);
    }

    /**
     * The request as a model that generates no text reads it: inputs for such models are bad.
     *
     * @throws RequestFailedException when the request itself is for such a model
     */
    InferRequest withoutPrompts(String otherModel) {
        if (parameters.isPresent()) {
            throw JsonFields.wrong(
                    "parameters", "is there, and model '%s' generates no text; leave it out.", otherModel);
        }
        if (asked.stream().noneMatch(Asked.Prompted.class::isInstance)) {
            return this;
        }
        List<Asked> others = asked.stream()
                .map(input -> input instanceof Asked.Prompted(Optional<String> id, Prompt prompt)
                        ? new Asked.Bad(id, prompt.withoutGenerator(otherModel))
                        : input)
                .toList();
        return new InferRequest(model, others, options, parameters);
    }

    /**
     * Passes where nothing is asked for that a model that generates text does not do. It never cuts a prompt.
     *
     * @throws RequestFailedException when there is an option for vectors or scores
     */
    void checkGenerates(String generator) {
        if (!new Options(
                        options.normalize(),
                        options.dimensions(),
                        Truncation.USUAL,
                        options.prompt(),
                        options.rawScores())
                .equals(Options.USUAL)) {
            throw JsonFields.wrong(
                    "model",
                    "'%s' generates text; leave out normalize, dimensions, prompt_name and raw_scores.",
                    generator);
        }
    }

    /**
     * An input as a model that generates text reads it.
     *
     * @throws RequestFailedException when it is bad, or no prompt
     */
    Prompt prompt(int index, String generator) {
        return switch (asked.get(index)) {
            case Asked.Prompted prompted -> prompted.prompt();
            case Asked.Bad bad -> throw new RequestFailedException(bad.failure());
            case Asked.Good(Optional<String> _, Input input) ->
                new Prompt("inputs[" + index + "]", Prompt.content(input, index, generator), Optional.empty());
        };
    }
}
