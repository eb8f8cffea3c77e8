package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.Labels.Activation;
import dev.headroom.model.file.BrokenModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The labels and the activation of a classifier or reranker, as transformers' pipelines and sentence-transformers'
 * CrossEncoder read them.
 *
 * @param config the content of config.json
 * @param sentences the content of config_sentence_transformers.json
 */
record LabelsJson(Path folder, JsonNode config, JsonNode sentences) {

    private static final int MOST_LABELS = 1_000_000;

    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "Identity", Activation.NONE,
            "Sigmoid", Activation.SIGMOID,
            "Softmax", Activation.SOFTMAX);

    private static final Map<String, Activation> PROBLEMS = Map.of(
            "regression", Activation.NONE,
            "multi_label_classification", Activation.SIGMOID,
            "single_label_classification", Activation.SOFTMAX);

    /**
     * Checks that nothing stands between the text and the graph, or between the graph and the scores.
     *
     * @param modules the modules of modules.json
     * @throws BrokenModelException when a CrossEncoder has further modules, or a prompt for every text
     */
    void checkPairs(List<SentenceModules.Module> modules) {
        for (SentenceModules.Module module : modules) {
            if (!module.type().equals("Transformer")) {
                throw new BrokenModelException(
                        "%s: modules.json has the module %s, which is not served for scores; export the model as a ...ForSequenceClassification, or say 'task: tensors' in model.yaml."
                                .formatted(folder, module.type()));
            }
        }
        String prompt = sentences
                .path("prompts")
                .path(sentences.path("default_prompt_name").asText())
                .asText();
        if (!prompt.isEmpty()) {
            throw new BrokenModelException(
                    "%s: config_sentence_transformers.json has a default_prompt_name, and prompts are not served for scores; set it to null there, and put the prompt into the requests."
                            .formatted(folder));
        }
    }

    /** The labels, with the activation that the files name; else softmax, which of one score is the sigmoid. */
    Labels labels() {
        return new Labels(names(), activation().orElse(Activation.SOFTMAX));
    }

    /** True if the outputs are numbers to be returned as they are, and no scores. */
    boolean regression() {
        return config.path("problem_type").asText().equals("regression");
    }

    /** The function that the files name; empty where they name none. */
    Optional<Activation> activation() {
        return Stream.of(
                        sentences.path("activation_fn"),
                        config.path("sentence_transformers").path("activation_fn"),
                        config.path("sbert_ce_default_activation_function"))
                .filter(JsonNode::isTextual)
                .findFirst()
                .map(name -> one(
                        ACTIVATIONS,
                        name.asText().replaceFirst(".*\\.", ""),
                        "the activation function " + name.asText()))
                .or(this::ofProblem);
    }

    private Optional<Activation> ofProblem() {
        JsonNode problem = config.path("problem_type");
        return problem.isMissingNode() || problem.isNull()
                ? Optional.empty()
                : Optional.of(one(PROBLEMS, problem.asText(), "the problem_type " + problem.asText()));
    }

    private Activation one(Map<String, Activation> known, String name, String field) {
        return Optional.ofNullable(known.get(name))
                .orElseThrow(() -> new BrokenModelException(
                        "%s: config.json or config_sentence_transformers.json names %s, which is not served; say in model.yaml which function makes scores of the outputs, with the line 'activation: sigmoid', 'softmax' or 'none'."
                                .formatted(folder, field)));
    }

    /** The labels by their numbers; those of num_labels, or none, where there is no id2label. */
    List<String> names() {
        JsonNode labels = config.path("id2label");
        if (labels.isArray()) {
            return IntStream.range(0, labels.size())
                    .mapToObj(i -> labels.get(i).asText())
                    .toList();
        }
        return labels.isObject() && !labels.isEmpty() ? numbered(labels) : unnamed(config.path("num_labels"));
    }

    private List<String> numbered(JsonNode labels) {
        TreeMap<Integer, String> byNumber = new TreeMap<>();
        labels.properties()
                .forEach(label ->
                        byNumber.put(number(label.getKey()), label.getValue().asText()));
        List<String> names = new ArrayList<>();
        for (int i = 0; i <= byNumber.lastKey(); i++) {
            names.add(byNumber.getOrDefault(i, Labels.unnamed(i)));
        }
        return names;
    }

    private int number(String key) {
        if (!key.matches("\\d{1,6}")) {
            throw new BrokenModelException(
                    "%s: in config.json id2label has the key '%s', which is no number of an output; write 0, 1 and so on."
                            .formatted(folder, key));
        }
        return Integer.parseInt(key);
    }

    private static List<String> unnamed(JsonNode count) {
        return IntStream.range(0, Math.clamp(count.asLong(), 0, MOST_LABELS))
                .mapToObj(Labels::unnamed)
                .toList();
    }
}
