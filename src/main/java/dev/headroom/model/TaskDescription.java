package dev.headroom.model;

import dev.headroom.model.TaskSpec.Prompts;
import dev.headroom.model.TaskSpec.Text;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.model.onnx.GraphPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds a model's task in the files of its folder.
 *
 * @param yaml its model.yaml, which goes before the others
 * @param exported the files of its exporter
 * @param remarks takes a sentence on each thing that was taken where the folder does not decide
 */
record TaskDescription(Path folder, ModelYaml yaml, HuggingFaceFolder exported, List<String> remarks) {

    /**
     * The task.
     *
     * @param graph the graph's files
     * @throws BrokenModelException when the files lack a setting that the task needs
     */
    TaskSpec task(GraphFiles graph) {
        String task = Optional.ofNullable(yaml.task()).orElseGet(() -> found(graph));
        TaskPorts ports = new TaskPorts(yaml, exported, graph, remarks);
        return switch (task) {
            case "embed" -> embed(ports);
            case "sparse" -> sparse(ports);
            case "classify" -> new TaskSpec.Classify(text(), labels().classes(), ports.ofScores());
            case "rerank" -> new TaskSpec.Rerank(text(), labels().ofPairs(), ports.ofScores());
            case "image" -> image(ports);
            case "generate" -> new GenerationDescription(folder, yaml, exported).task(graph);
            case "tensors" ->
                new TaskSpec.Tensors(exported.header(graph.file()).rows().inputElements(), yaml.ports());
            default ->
                throw new BrokenModelException(
                        "%s: model.yaml says 'task: %s', which is not served; the tasks are: embed, sparse, classify, rerank, image, generate, tensors."
                                .formatted(folder, task));
        };
    }

    /** Text to vector, by the output of the graph that is the vector. */
    TaskSpec embed(GraphPort output) {
        exported.sentences().checkEmbeds();
        return embed(new PortNames(yaml.ports().inputs(), Optional.of(output.name())), Optional.of(output));
    }

    /** Image to vector, by the output of the graph that is the vector. */
    TaskSpec image(GraphPort output) {
        PortNames ports = new PortNames(yaml.ports().inputs(), Optional.of(output.name()));
        return new TaskSpec.Image(
                preprocessing(),
                Optional.empty(),
                vectors(Optional.of(output), remarks).ofImages(),
                ports);
    }

    /** The task that the exporter's files tell. */
    private String found(GraphFiles graph) {
        if (generates(graph.file())) {
            return "generate";
        }
        if (yaml.tokenizer() != null) {
            texts().presentTokenizer(); // a wrong name is no sign of a model without one
        }
        String task = exported.task(texts().tokenizer());
        boolean vector = task.equals("embed")
                || task.equals("image") && labels().ofImages().isEmpty();
        if (!vector || yaml.output() != null || !exported.hasOtherHead(graph.file())) {
            return task;
        }
        remarks.add(
                "config.json names a model with the head %s, whose outputs are neither vectors nor scores of labels: it is served as tensors; if %s ends before that head say 'task: %s' and 'output: NAME' in model.yaml"
                        .formatted(exported.head().name(), graph.file().getFileName(), task));
        return "tensors";
    }

    /** Models that make vectors may keep keys and values, too, but give no scores of tokens. */
    private boolean generates(Path graph) {
        return Files.isRegularFile(texts().tokenizer())
                && yaml.output() == null
                && exported.sentences().modules().isEmpty()
                && DecoderPorts.isDecoder(exported.inputs(graph), exported.outputs(graph));
    }

    private TextDescription texts() {
        return new TextDescription(folder, yaml, exported);
    }

    private Text text() {
        return texts().text();
    }

    private LabelsDescription labels() {
        return new LabelsDescription(folder, yaml, exported);
    }

    private PreprocessorConfig preprocessing() {
        return PreprocessorConfig.read(folder.resolve("preprocessor_config.json"), remarks);
    }

    private TaskSpec embed(TaskPorts graph) {
        exported.sentences().checkEmbeds();
        PortNames ports = graph.ofEmbedding();
        return embed(ports, graph.output(ports));
    }

    private TaskSpec embed(PortNames ports, Optional<GraphPort> output) {
        Prompts prompts = prompts();
        boolean any = prompts.byName().values().stream().anyMatch(prompt -> !prompt.isEmpty());
        return new TaskSpec.Embed(text(), vectors(output, remarks).ofTexts(any), prompts, ports);
    }

    private TaskSpec sparse(TaskPorts graph) {
        Optional<SentenceModules> modules = exported.sentences().modules();
        modules.ifPresent(all -> exported.sentences().checkSparse());
        Layer saturation = modules.map(SentenceModules::saturation).orElse(new Layer.LogSaturation(false));
        TaskSpec.Vectors weights = new TaskSpec.Vectors(
                List.of(Pooling.MAX), true, List.of(saturation), OptionalInt.empty(), Optional.empty());
        return new TaskSpec.Sparse(text(), weights, prompts(), graph.ofTokenScores());
    }

    private TaskSpec image(TaskPorts graph) {
        Optional<Labels> labels = labels().ofImages();
        PortNames ports = labels.isPresent() ? graph.ofScores() : graph.ofImage();
        List<String> onVectors = labels.isPresent() ? new ArrayList<>() : remarks;
        return new TaskSpec.Image(
                preprocessing(), labels, vectors(graph.output(ports), onVectors).ofImages(), ports);
    }

    private VectorsDescription vectors(Optional<GraphPort> output, List<String> into) {
        return new VectorsDescription(folder, yaml, exported, output, into);
    }

    private Prompts prompts() {
        if (yaml.prompts() == null && yaml.defaultPrompt() == null) {
            return exported.prompts();
        }
        Map<String, String> prompts = Optional.ofNullable(yaml.prompts())
                .orElseGet(() -> exported.prompts().byName());
        Optional<String> usual = Optional.ofNullable(yaml.defaultPrompt());
        usual.filter(name -> !prompts.containsKey(name)).ifPresent(name -> {
            throw new BrokenModelException(
                    "%s: model.yaml says 'default_prompt: %s', which is none of its prompts %s; correct it."
                            .formatted(folder, name, prompts.keySet()));
        });
        return new Prompts(prompts, usual);
    }
}
