package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.CheckedJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The file of sentence-transformers' Transformer: how long a text may be, and how it is read. */
record TransformerJson(CheckedJson json) {

    /** The names of the file, of which the first that is there counts. */
    private static final List<String> NAMES = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    /** Fields that change no vector of an exported graph, or that are checked. */
    private static final Set<String> KNOWN = Set.of(
            "max_seq_length",
            "do_lower_case",
            "transformer_task",
            "modality_config",
            "module_output_name",
            "unpad_inputs",
            "model_args",
            "model_kwargs",
            "config_args",
            "config_kwargs",
            "tokenizer_args",
            "processor_kwargs",
            "processing_kwargs");

    private static final Set<String> HARMLESS_ARGUMENTS =
            Set.of("trust_remote_code", "token", "revision", "padding_side", "use_fast");

    private static final Set<String> PROCESSING = Set.of("padding", "max_length");

    private static final String REMEDY =
            "export the model's pipeline to a graph, or serve it with the line 'task: tensors' in model.yaml";

    /**
     * The file in the first of these folders that has one.
     *
     * @param model the model's folder
     * @param files reads a file by its name there; missing where there is no such file
     * @param folders relative to the model's
     */
    static Optional<TransformerJson> in(Path model, Function<String, JsonNode> files, Path... folders) {
        return Stream.of(folders)
                .flatMap(folder ->
                        NAMES.stream().map(name -> folder.resolve(name).toString()))
                .filter(file -> !files.apply(file).isMissingNode())
                .findFirst()
                .map(file -> new TransformerJson(new CheckedJson(model.resolve(file), files.apply(file))));
    }

    /** The most tokens of a text; empty where the file does not say. */
    Optional<Integer> maxLength() {
        JsonNode ofText = json.object().at("/processing_kwargs/text/max_length");
        if (ofText.isIntegralNumber()) {
            return Optional.of(ofText.intValue());
        }
        return json.has("max_seq_length") ? Optional.of(json.count("max_seq_length")) : Optional.empty();
    }

    /** The length to which texts are padded, in the words of transformers' tokenisers; empty where the file does not say. */
    Optional<String> padding() {
        return Optional.ofNullable(
                json.object().at("/processing_kwargs/text/padding").textValue());
    }

    /** True if texts are put into lower case first. */
    boolean lowercase() {
        return json.flag("do_lower_case", false);
    }

    /**
     * Checks that texts are read as they stand.
     *
     * @param task the model's task in the words of transformers
     * @throws BrokenModelException when the file says anything else
     */
    void check(String task) {
        json.checkFields(KNOWN, "is %s, which is not served; " + REMEDY);
        json.text("transformer_task").filter(other -> !other.equals(task)).ifPresent(other -> {
            throw json.broken("transformer_task", "is %s, and %s is served; %s".formatted(other, task, REMEDY));
        });
        JsonNode modalities = json.object().path("modality_config");
        if (modalities.has("message") || !modalities.isEmpty() && !modalities.has("text")) {
            throw json.broken(
                    "modality_config", "has texts read through a chat template, or none; %s".formatted(REMEDY));
        }
        checkArguments("tokenizer_args");
        checkArguments("processor_kwargs");
        checkProcessing();
    }

    private void checkProcessing() {
        JsonNode all = json.object().path("processing_kwargs");
        all.fieldNames()
                .forEachRemaining(part -> all.path(part).fieldNames().forEachRemaining(name -> {
                    if (!part.equals("text") || !PROCESSING.contains(name)) {
                        throw json.broken(
                                "processing_kwargs",
                                "sets %s for %s, which is not read; %s".formatted(name, part, REMEDY));
                    }
                }));
    }

    private void checkArguments(String field) {
        json.object().path(field).fieldNames().forEachRemaining(name -> {
            if (!HARMLESS_ARGUMENTS.contains(name)) {
                throw json.broken(
                        field,
                        "sets %s, which is not read; write it into tokenizer.json or model.yaml and remove it here"
                                .formatted(name));
            }
        });
    }
}
