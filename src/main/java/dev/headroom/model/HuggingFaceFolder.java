package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.headroom.model.TaskSpec.Prompts;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.onnx.GraphPort;
import dev.headroom.model.onnx.OnnxFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** A model's folder with the files that Hugging Face's exporters write. */
final class HuggingFaceFolder {

    /** Exporters write 1e30 for "no limit". */
    private static final double NO_LENGTH = 1e6;

    private final Path folder;

    /** The files that have been read. */
    private final Map<Path, JsonNode> known = new HashMap<>();

    private final Map<Path, OnnxFile> headers = new HashMap<>();

    private final GraphListing graphs;

    HuggingFaceFolder(Path folder) {
        this.folder = folder;
        this.graphs = new GraphListing(folder);
    }

    /** A graph, by the names that exporters give. */
    Optional<GraphFiles> graph(String name) {
        return GraphNames.of(name, graphs.names())
                .map(graph -> GraphFiles.of(
                        folder,
                        folder.resolve(graph.file()),
                        graph.others().stream().map(folder::resolve).toList()));
    }

    /** The content of config.json. */
    ConfigJson config() {
        return new ConfigJson(read("config.json"));
    }

    /** The head of the model. */
    Head head() {
        return Head.of(config().json());
    }

    /** The labels of a classifier or reranker. */
    LabelsJson labels() {
        return new LabelsJson(folder, config().json(), read("config_sentence_transformers.json"));
    }

    /** The files of sentence-transformers. */
    SentenceTransformersFiles sentences() {
        return new SentenceTransformersFiles(folder, this::read);
    }

    /** The prompts of sentence-transformers, else those of the tasks that config.json names. */
    Prompts prompts() {
        Prompts prompts = sentences().prompts();
        if (!prompts.byName().isEmpty()) {
            return prompts;
        }
        Map<String, String> byTask = new TreeMap<>();
        InputRules.instructions(config().json())
                .properties()
                .forEach(task -> byTask.put(task.getKey(), task.getValue().asText()));
        return new Prompts(byTask, Optional.empty());
    }

    /** True if every text is padded to the greatest length: SigLIP's are, and where sentence-transformers is told so. */
    boolean padded() {
        return sentences()
                .transformer()
                .flatMap(TransformerJson::padding)
                .map("max_length"::equals)
                .orElse(config().isSiglip());
    }

    /**
     * The longest text in tokens: the smallest of the lengths that the files state; empty when none does. That of
     * sentence-transformers overrides the tokeniser's, and the positions where those are no table.
     */
    Optional<Integer> maxLength() {
        Optional<Integer> sentences = sentences().transformer().flatMap(TransformerJson::maxLength);
        if (sentences.isPresent() && !config().tabulatesPositions()) {
            return sentences;
        }
        return DoubleStream.of(
                        sentences
                                .map(Integer::doubleValue)
                                .orElseGet(() -> read("tokenizer_config.json")
                                        .path("model_max_length")
                                        .asDouble()),
                        config().positions())
                .filter(length -> length >= 1 && length < NO_LENGTH)
                .mapToObj(length -> (int) length)
                .min(Integer::compare);
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
        if (sentences().modules().filter(SentenceModules::sparse).isPresent()) {
            return "sparse";
        }
        if (!head().classifiesTexts()) {
            return "embed";
        }
        return labels().names().size() == 1 && !labels().regression() ? "rerank" : "classify";
    }

    /** True if the graph, whose file this is, ends in a head that makes neither a vector nor scores of labels. */
    boolean hasOtherHead(Path graph) {
        boolean sentences = Files.isRegularFile(folder.resolve("modules.json"));
        return head().isOther() && !Head.isLeftOut(outputs(graph), config().json(), sentences);
    }

    /** The outputs of the graph in this file, in its order. */
    List<GraphPort> outputs(Path graph) {
        return header(graph).outputs();
    }

    /** The inputs of the graph in this file, in its order. */
    List<GraphPort> inputs(Path graph) {
        return header(graph).inputs();
    }

    /** The declarations of the graph in this file. */
    OnnxFile header(Path graph) {
        return headers.computeIfAbsent(graph, OnnxFile::read);
    }

    private String withoutTokenizer(Path tokenizer) {
        if (Files.isRegularFile(folder.resolve("preprocessor_config.json"))
                || read("processor_config.json").has("image_processor")) {
            return "image";
        }
        boolean listed = sentences().modules().isPresent();
        if (listed || !config().architectures().isEmpty()) {
            throw new BrokenModelException(
                    "%s: the file %s is missing, and %s names a model that is likely to need it; put it there, or say 'task: tensors' in model.yaml."
                            .formatted(folder, folder.relativize(tokenizer), listed ? "modules.json" : "config.json"));
        }
        return "tensors";
    }

    /** A file's content; missing where there is no such file. */
    JsonNode read(String file) {
        return known.computeIfAbsent(folder.resolve(file), HuggingFaceFolder::tree);
    }

    private static JsonNode tree(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        return file.endsWith("modules.json")
                ? CheckedJson.tree(file)
                : CheckedJson.read(file).object();
    }
}
