package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.Labels.Activation;
import dev.headroom.model.TaskSpec.Prompts;
import dev.headroom.model.TaskSpec.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
        String task = Optional.ofNullable(yaml.task()).orElseGet(() -> found(graph));
        TaskSpec spec = task(task, graph);
        if (spec instanceof TaskSpec.OfText texts) {
            checkTokenizer(texts, graph);
        }
        return spec;
    }

    private TaskSpec task(String task, GraphFiles graph) {
        TaskPorts ports = new TaskPorts(yaml, exported, graph, remarks);
        return switch (task) {
            case "embed" -> embed(ports);
            case "sparse" -> sparse(ports);
            case "classify" -> new TaskSpec.Classify(text(), labels(), ports.ofScores());
            case "rerank" -> new TaskSpec.Rerank(text(), rerankActivation(), ports.ofScores());
            case "image" -> image(ports);
            case "generate" -> generate(graph);
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

    /** Text to its continuation. */
    private TaskSpec generate(GraphFiles graph) {
        JsonNode genai = exported.read("genai_config.json").path("model");
        DecoderGraph decoder = new DecoderPorts(
                        folder, exported.header(graph.file()), exported.config(), genai.path("decoder"))
                .read();
        GenerationSettings settings = new GenerationJson(
                        exported.read("generation_config.json"), exported.read("genai_config.json"), exported.config())
                .settings();
        int context = Optional.ofNullable(yaml.maxLength()).orElse(settings.contextLength());
        if (context < 2) {
            throw new BrokenModelException(
                    "%s: no file says how many tokens the model reads at most; set max_length in model.yaml."
                            .formatted(folder));
        }
        if (settings.ends().isEmpty()) {
            throw new BrokenModelException(
                    "%s: no file says which token ends a text; add eos_token_id to generation_config.json."
                            .formatted(folder));
        }
        Path tokenizer = PresentFile.of(folder, tokenizer(), "put the model's tokenizer.json there");
        Text text = new Text(tokenizer, context, 0, false, inputs());
        return new TaskSpec.Generate(text, decoder, settings, ChatFiles.of(folder, exported), yaml.ports());
    }

    /** The task that the exporter's files tell. */
    private String found(GraphFiles graph) {
        if (generates(graph.file())) {
            return "generate";
        }
        String task = exported.task(tokenizer());
        boolean vector =
                task.equals("embed") || task.equals("image") && imageLabels().isEmpty();
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
        return Files.isRegularFile(tokenizer())
                && yaml.output() == null
                && exported.sentences().modules().isEmpty()
                && DecoderPorts.isDecoder(exported.inputs(graph), exported.outputs(graph));
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
        Path tokenizer = PresentFile.of(folder, tokenizer(), "put the model's tokenizer.json there");
        boolean lowercase = exported.sentences()
                .transformer()
                .filter(TransformerJson::lowercase)
                .isPresent();
        return new Text(tokenizer, maxLength, padId(tokenizer), lowercase, inputs());
    }

    private void checkTokenizer(TaskSpec.OfText texts, GraphFiles graph) {
        List<String> inputs =
                exported.inputs(graph.file()).stream().map(GraphPort::name).toList();
        boolean pairs = texts instanceof TaskSpec.Classify || texts instanceof TaskSpec.Rerank;
        new TokenizerFiles(texts.text().tokenizer(), exported.read("tokenizer_config.json")).check(inputs, pairs);
    }

    private long padId(Path tokenizer) {
        if (yaml.padId() != null) {
            return yaml.padId();
        }
        OptionalLong id = exported.config().padId();
        return id.isPresent()
                ? id.getAsLong()
                : PadToken.id(tokenizer, exported.read("tokenizer_config.json")).orElse(0);
    }

    private InputRules inputs() {
        boolean padded = yaml.padding() == null ? exported.padded() : yaml.padding() == Padding.MAX_LENGTH;
        return InputRules.of(exported.config(), padded, exported.read("tokenizer_config.json"));
    }

    private PreprocessorConfig preprocessing() {
        return PreprocessorConfig.read(folder.resolve("preprocessor_config.json"), remarks);
    }

    /** The labels of an image classifier; a model without any makes vectors. */
    private Optional<Labels> imageLabels() {
        return exported.head().classifiesImages() || yaml.labels() != null ? Optional.of(labels()) : Optional.empty();
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
        Optional<Labels> labels = imageLabels();
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

    private Activation rerankActivation() {
        checkSoftmax(1);
        LabelsJson written = writtenLabels();
        return Optional.ofNullable(yaml.activation())
                .or(written::activation)
                .filter(activation -> activation != Activation.SOFTMAX)
                .orElse(Activation.SIGMOID);
    }

    /** What the files say of the scores, once it is known that nothing stands between them and the graph. */
    private LabelsJson writtenLabels() {
        LabelsJson written = exported.labels();
        written.checkPairs(
                exported.sentences().modules().map(SentenceModules::all).orElse(List.of()));
        return written;
    }

    private Labels labels() {
        LabelsJson written = writtenLabels();
        List<String> names = Optional.ofNullable(yaml.labels()).orElseGet(written::names);
        checkSoftmax(names.size());
        return new Labels(
                names,
                Optional.ofNullable(yaml.activation())
                        .orElseGet(() -> written.labels().activation()));
    }

    private void checkSoftmax(int labels) {
        if (yaml.activation() == Activation.SOFTMAX && labels == 1) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'activation: softmax', and of one score that is always 1; say sigmoid, or none where the graph's output is a score already."
                            .formatted(folder));
        }
    }
}
