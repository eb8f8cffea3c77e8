package dev.headroom.function.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The request of a client of text-embeddings-inference. Ignores unknown fields, as that server does.
 *
 * @param model the model's name, an extension of that protocol; may be empty where one model has the task
 */
record TeiRequest(Optional<String> model, TextInputs inputs, Options options) {

    private static final String SEQUENCES = "send a text, a pair [text, text], or an array of [text] and [text, text]";

    /** Texts or token ids of {@code /embed}. */
    static TeiRequest embed(JsonNode json, InputReader reader) {
        JsonFields fields = fields(json, "inputs", "model", "normalize", "dimensions", "prompt_name", "truncate");
        return new TeiRequest(
                fields.text("model"), TextInputs.read("inputs", json.path("inputs"), reader), options(fields));
    }

    /** Texts or token ids of {@code /embed_sparse}. */
    static TeiRequest embedSparse(JsonNode json, InputReader reader) {
        JsonFields fields = fields(json, "inputs", "model", "prompt_name", "truncate", "truncation_direction");
        return new TeiRequest(
                fields.text("model"),
                TextInputs.read("inputs", json.path("inputs"), reader),
                options(fields, Optional.empty()));
    }

    /** The same of {@code /embed_all}. */
    static TeiRequest embedAll(JsonNode json, InputReader reader) {
        TeiRequest request = embedSparse(json, reader);
        return new TeiRequest(
                request.model(), request.inputs(), request.options().ofEachToken());
    }

    /** Texts and pairs of {@code /predict}. */
    static TeiRequest predict(JsonNode json, InputReader reader) {
        JsonFields fields = fields(json, "inputs", "model", "raw_scores", "truncate");
        return new TeiRequest(fields.text("model"), sequences(json.path("inputs"), reader), options(fields));
    }

    /** A query with each of the texts of {@code /rerank}. */
    static TeiRequest rerank(JsonNode json, InputReader reader) {
        JsonFields fields = fields(json, "query", "texts", "model", "raw_scores", "return_text", "truncate");
        String query = reader.text("query", json.path("query"));
        List<Input> pairs = new ArrayList<>();
        for (String text : texts("texts", json.path("texts"), reader)) {
            pairs.add(new Input.Pair(query, text));
        }
        return new TeiRequest(fields.text("model"), new TextInputs("texts", pairs), options(fields));
    }

    /** The source sentence of {@code /similarity}, followed by the sentences to compare it with. */
    static TeiRequest similarity(JsonNode json, InputReader reader) {
        JsonFields fields = fields(json, "inputs", "model", "parameters");
        JsonFields inputs = fields.within("inputs", "{\"source_sentence\": \"...\", \"sentences\": [\"...\"]}");
        List<Input> sentences = new ArrayList<>(List.of(new Input.Text(
                reader.text("inputs.source_sentence", json.path("inputs").path("source_sentence")))));
        for (String text : texts("inputs.sentences", json.path("inputs").path("sentences"), reader)) {
            sentences.add(new Input.Text(text));
        }
        JsonFields parameters = json.hasNonNull("parameters")
                ? fields.within("parameters", "an object, or leave it out")
                : new JsonFields("parameters.", json.path("parameters"));
        return new TeiRequest(fields.text("model"), new TextInputs("inputs.sentences", sentences), options(parameters));
    }

    static JsonFields fields(JsonNode json, String... known) {
        return JsonFields.among(json, List.of(known));
    }

    /** The options with that server's defaults: a text that is too long is refused, and vectors are normalised. */
    private static Options options(JsonFields fields) {
        return options(fields, Optional.of(fields.flag("normalize").orElse(true)));
    }

    private static Options options(JsonFields fields, Optional<Boolean> normalize) {
        Truncation cut = fields.word("truncation_direction", List.of("left", "right"))
                .map(side -> side.equals("left") ? Truncation.LEFT : Truncation.RIGHT)
                .orElse(Truncation.USUAL);
        return new Options(
                normalize,
                fields.count("dimensions"),
                fields.flag("truncate").orElse(false) ? cut : Truncation.NONE,
                fields.text("prompt_name"),
                fields.flag("raw_scores").orElse(false));
    }

    static List<String> texts(String field, JsonNode texts, InputReader reader) {
        if (!texts.isArray()) {
            throw JsonFields.wrong(field, "is %s; send an array of texts.", JsonFields.kind(texts));
        }
        reader.checkCount(field, texts.size());
        List<String> all = new ArrayList<>(texts.size());
        for (JsonNode text : texts) {
            all.add(reader.text(field + "[" + all.size() + "]", text));
        }
        return all;
    }

    /** True if {@code /predict} has several inputs: an array of strings is one pair, or one text. */
    static boolean isBatch(JsonNode inputs) {
        return inputs.path(0).isArray();
    }

    private static TextInputs sequences(JsonNode inputs, InputReader reader) {
        if (!isBatch(inputs)) {
            return new TextInputs("inputs", List.of(sequence("inputs", inputs, reader)));
        }
        reader.checkCount("inputs", inputs.size());
        List<Input> all = new ArrayList<>(inputs.size());
        for (JsonNode input : inputs) {
            String name = "inputs[" + all.size() + "]";
            if (!input.isArray()) {
                throw JsonFields.wrong(name, "is %s; %s.", JsonFields.kind(input), SEQUENCES);
            }
            all.add(sequence(name, input, reader));
        }
        return new TextInputs("inputs", all);
    }

    private static Input sequence(String name, JsonNode sequence, InputReader reader) {
        if (sequence.isTextual()) {
            return new Input.Text(reader.text(name, sequence));
        }
        if (!sequence.isArray() || sequence.isEmpty() || sequence.size() > 2) {
            String problem =
                    sequence.isArray() ? "an array of %d".formatted(sequence.size()) : JsonFields.kind(sequence);
            throw JsonFields.wrong(name, "is %s; %s.", problem, SEQUENCES);
        }
        String first = reader.text(name + "[0]", sequence.get(0));
        return sequence.size() == 1
                ? new Input.Text(first)
                : new Input.Pair(first, reader.text(name + "[1]", sequence.get(1)));
    }
}
