package dev.headroom.model;

import dev.headroom.model.GraphOutputs.Output;
import dev.headroom.model.Labels.Activation;
import dev.headroom.model.TaskSpec.Prompts;
import dev.headroom.model.TaskSpec.Text;
import dev.headroom.model.TaskSpec.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds a model's task in the files of its folder.
 *
 * @param yaml its model.yaml, which goes before the others
 * @param exported the files of its exporter
 * @param remarks takes a sentence on each thing that was taken where the folder does not decide
 */
record TaskDescription(Path folder, ModelYaml yaml, HuggingFaceFolder exported, List<String> remarks) {

    private static final int DEFAULT_MAX_LENGTH = 512;
    private static final int LONGEST = 1_000_000;

    /**
     * The task.
     *
     * @param graph the graph's files
     * @throws BrokenModelException when the files lack a setting that the task needs
     */
    TaskSpec task(GraphFiles graph) {
        String task = Optional.ofNullable(yaml.task()).orElseGet(() -> exported.task(tokenizer()));
        return switch (task) {
            case "embed" -> embed(GraphOutputs.read(graph.file()), yaml.ports().output());
            case "classify" -> new TaskSpec.Classify(text(), labels(), yaml.ports());
            case "rerank" -> new TaskSpec.Rerank(text(), rerankActivation(), yaml.ports());
            case "image" -> image(GraphOutputs.read(graph.file()), yaml.ports().output());
            case "tensors" ->
                new TaskSpec.Tensors(OnnxFile.read(graph.file()).rows().inputElements(), yaml.ports());
            default ->
                throw new BrokenModelException(
                        "%s: model.yaml says 'task: %s', which is not served; the tasks are: embed, classify, rerank, image, tensors."
                                .formatted(folder, task));
        };
    }

    /** Text to vector, by the output of the graph that is the vector. */
    TaskSpec embed(Output output) {
        return embed(new GraphOutputs(List.of(output)), Optional.of(output.name()));
    }

    /** Image to vector, by the output of the graph that is the vector. */
    TaskSpec image(Output output) {
        return image(new GraphOutputs(List.of(output)), Optional.of(output.name()));
    }

    private Path tokenizer() {
        return folder.resolve(Optional.ofNullable(yaml.tokenizer()).orElse("tokenizer.json"));
    }

    private Text text() {
        int maxLength =
                Optional.ofNullable(yaml.maxLength()).or(exported::maxLength).orElse(DEFAULT_MAX_LENGTH);
        if (maxLength < 1 || maxLength > LONGEST) {
            throw new BrokenModelException(
                    "%s: max_length is %d; set it in model.yaml to the tokens of the longest text."
                            .formatted(folder, maxLength));
        }
        long padId = Optional.ofNullable(yaml.padId()).orElseGet(exported.config()::padId);
        boolean lowercase = exported.sentences()
                .transformer()
                .filter(TransformerJson::lowercase)
                .isPresent();
        return new Text(
                PresentFile.of(folder, tokenizer(), "put the model's tokenizer.json there"),
                maxLength,
                padId,
                lowercase);
    }

    private PreprocessorConfig preprocessing() {
        return PreprocessorConfig.read(folder.resolve("preprocessor_config.json"), remarks);
    }

    /** The labels of an image classifier; a model without any makes vectors. */
    private Optional<Labels> imageLabels() {
        return exported.config().classifiesImages() || yaml.labels() != null ? Optional.of(labels()) : Optional.empty();
    }

    private TaskSpec embed(GraphOutputs outputs, Optional<String> output) {
        exported.sentences().checkEmbeds();
        Prompts prompts = prompts();
        boolean any = prompts.byName().values().stream().anyMatch(prompt -> !prompt.isEmpty());
        Vectors vectors = vectors(outputs).ofTexts(any);
        PortNames ports = new PortNames(yaml.ports().inputs(), output.or(vectors::output));
        return new TaskSpec.Embed(text(), vectors, prompts, ports);
    }

    private TaskSpec image(GraphOutputs outputs, Optional<String> output) {
        PortNames ports = new PortNames(yaml.ports().inputs(), output);
        return new TaskSpec.Image(
                preprocessing(), imageLabels(), vectors(outputs).ofImages(), ports);
    }

    private VectorsDescription vectors(GraphOutputs outputs) {
        return new VectorsDescription(folder, yaml, exported, outputs, remarks);
    }

    private Prompts prompts() {
        if (yaml.prompts() == null) {
            return exported.sentences().prompts();
        }
        Optional<String> usual = Optional.ofNullable(yaml.defaultPrompt());
        usual.filter(name -> !yaml.prompts().containsKey(name)).ifPresent(name -> {
            throw new BrokenModelException(
                    "%s: model.yaml says 'default_prompt: %s', which is none of its prompts %s; correct it."
                            .formatted(folder, name, yaml.prompts().keySet()));
        });
        return new Prompts(yaml.prompts(), usual);
    }

    private Activation rerankActivation() {
        Activation activation = Optional.ofNullable(yaml.activation()).orElse(Activation.SIGMOID);
        if (activation == Activation.SOFTMAX) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'activation: softmax', and of one score that is always 1; say sigmoid, or none where the graph's output is a score already."
                            .formatted(folder));
        }
        return activation;
    }

    private Labels labels() {
        Labels written = exported.config().labels();
        return new Labels(
                Optional.ofNullable(yaml.labels()).orElse(written.names()),
                Optional.ofNullable(yaml.activation()).orElse(written.activation()));
    }
}
