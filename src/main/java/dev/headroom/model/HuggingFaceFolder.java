package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.headroom.model.Labels.Activation;
import dev.headroom.model.TaskSpec.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** A model's folder with the files that Hugging Face's exporters write. */
final class HuggingFaceFolder {

    private static final Set<String> POSITIONS_AFTER_PADDING =
            Set.of("roberta", "xlm-roberta", "camembert", "mpnet", "longformer");

    /** Exporters write 1e30 for "no limit". */
    private static final double NO_LENGTH = 1e6;

    /** The flags of sentence-transformers' 1_Pooling/config.json, of which one is true. */
    private static final Map<String, Pooling> POOLING_MODES = Map.of(
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_lasttoken", Pooling.LAST_TOKEN);

    private final Path folder;

    /** The files that have been read. */
    private final Map<Path, JsonNode> known = new HashMap<>();

    HuggingFaceFolder(Path folder) {
        this.folder = folder;
    }

    /** The graph: model.onnx, else the first of onnx/model*.onnx by name; with model_fp16.onnx, or that alone. */
    Optional<GraphFiles> graph() {
        Optional<Path> half = first("model_fp16.onnx");
        return first("model.onnx").or(this::variant).or(() -> half).map(file -> GraphFiles.of(folder, file, half));
    }

    private Optional<Path> first(String file) {
        return Stream.of(folder.resolve(file), folder.resolve("onnx").resolve(file))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private Optional<Path> variant() {
        Path onnx = folder.resolve("onnx");
        if (!Files.isDirectory(onnx)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(onnx)) {
            return files.filter(file -> file.getFileName().toString().matches("model.*\\.onnx"))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            throw new BrokenModelException("%s: its folder onnx cannot be read (%s); check its permissions."
                    .formatted(folder, e.getMessage()));
        }
    }

    /** The smallest of the lengths that the files state; empty when none does. */
    Optional<Integer> maxLength() {
        return DoubleStream.of(
                        read("sentence_bert_config.json").path("max_seq_length").asDouble(),
                        read("tokenizer_config.json").path("model_max_length").asDouble(),
                        positions())
                .filter(length -> length >= 1 && length < NO_LENGTH)
                .mapToObj(length -> (int) length)
                .min(Integer::compare);
    }

    /** The number of positions. RoBERTa and its relatives count them from the padding token's id on. */
    private double positions() {
        JsonNode config = read("config.json");
        boolean offset =
                POSITIONS_AFTER_PADDING.contains(config.path("model_type").asText());
        return config.path("max_position_embeddings").asDouble() - (offset ? padId() + 1 : 0);
    }

    long padId() {
        return read("config.json").path("pad_token_id").asLong(0);
    }

    /** The pooling that 1_Pooling/config.json names; empty when there is no such file. */
    Optional<Pooling> pooling() {
        JsonNode config = read("1_Pooling/config.json");
        if (config.isMissingNode()) {
            return Optional.empty();
        }
        List<Pooling> named = POOLING_MODES.entrySet().stream()
                .filter(mode -> config.path(mode.getKey()).asBoolean())
                .map(Map.Entry::getValue)
                .toList();
        if (named.size() == 1) {
            return Optional.of(named.getFirst());
        }
        throw new BrokenModelException(
                "%s: 1_Pooling/config.json does not name exactly one of %s; add a model.yaml with 'task: embed' and 'pooling: mean', 'cls' or 'last_token'."
                        .formatted(folder, new TreeSet<>(POOLING_MODES.keySet())));
    }

    /**
     * The task that the files describe; {@code tensors} when they describe no other.
     *
     * @param tokenizer the path of the tokeniser's file, which may be missing
     * @throws BrokenModelException when a model of texts has no tokeniser
     */
    String task(Path tokenizer) {
        if (!Files.isRegularFile(tokenizer)) {
            return withoutTokenizer(tokenizer);
        }
        if (!architecture().contains("ForSequenceClassification")) {
            return "embed";
        }
        return labelNames().size() == 1 ? "rerank" : "classify";
    }

    private String withoutTokenizer(Path tokenizer) {
        if (Files.isRegularFile(folder.resolve("preprocessor_config.json"))) {
            return "image";
        }
        if (!architecture().isEmpty()) {
            throw new BrokenModelException(
                    "%s: the file %s is missing, and config.json names a model that is likely to need it; put it there, or say 'task: tensors' in model.yaml."
                            .formatted(folder, folder.relativize(tokenizer)));
        }
        return "tensors";
    }

    /** True if the model classifies images. */
    boolean classifiesImages() {
        return architecture().contains("ForImageClassification");
    }

    private String architecture() {
        return read("config.json").path("architectures").toString();
    }

    /** The labels of config.json, if any; several can be right where config.json says so. */
    Labels labels() {
        boolean several = read("config.json").path("problem_type").asText().equals("multi_label_classification");
        return new Labels(labelNames(), several ? Activation.SIGMOID : Activation.SOFTMAX);
    }

    private List<String> labelNames() {
        JsonNode labels = read("config.json").path("id2label");
        List<String> names = new ArrayList<>();
        while (labels.has(Integer.toString(names.size()))) {
            names.add(labels.path(Integer.toString(names.size())).asText());
        }
        return names;
    }

    /** The prompts of config_sentence_transformers.json. */
    Prompts prompts() {
        JsonNode config = read("config_sentence_transformers.json");
        Map<String, String> byName = new TreeMap<>();
        config.path("prompts")
                .properties()
                .forEach(prompt -> byName.put(prompt.getKey(), prompt.getValue().asText()));
        return new Prompts(
                byName,
                Optional.of(config.path("default_prompt_name").asText("")).filter(byName::containsKey));
    }

    /** True if modules.json has a Normalize module, or is missing. */
    boolean normalize() {
        JsonNode modules = read("modules.json");
        return modules.isMissingNode() || modules.toString().contains("Normalize");
    }

    private JsonNode read(String file) {
        return known.computeIfAbsent(folder.resolve(file), HuggingFaceFolder::tree);
    }

    private static JsonNode tree(Path file) {
        return Files.isRegularFile(file) ? CheckedJson.tree(file) : MissingNode.getInstance();
    }
}
