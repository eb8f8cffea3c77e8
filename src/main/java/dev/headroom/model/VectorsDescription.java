package dev.headroom.model;

import dev.headroom.model.TaskSpec.Vectors;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds how a model's output becomes a vector, in model.yaml, in sentence-transformers' files and in the graph.
 *
 * @param output the output of the graph that the task reads; empty where the graph's file does not tell
 * @param remarks takes a sentence on each thing that was taken where the folder does not decide
 */
record VectorsDescription(
        Path folder, ModelYaml yaml, HuggingFaceFolder exported, Optional<GraphPort> output, List<String> remarks) {

    /** The output of a graph that holds all modules, as exporters write it. */
    private static final String WHOLE = "sentence_embedding";

    /**
     * The vectors of texts.
     *
     * @param prompts true if the model has prompts
     */
    Vectors ofTexts(boolean prompts) {
        boolean pooled = output.filter(GraphPort::pooled).isPresent();
        boolean whole = output.filter(read -> read.name().equals(WHOLE)).isPresent();
        Optional<SentenceModules> modules = exported.sentences().modules();
        List<Layer> layers = whole ? new ArrayList<>() : layers(modules, pooled);
        boolean decided = whole || layers.stream().anyMatch(layer -> !(layer instanceof Layer.Normalize));
        normalize(layers, modules);
        if (whole) {
            modules.ifPresent(all -> new LayersInGraph(folder, output.get()).checkWhole(all, remarks));
        }
        boolean promptPooled = !prompts || includesPrompt();
        if (pooled && !promptPooled) {
            throw new BrokenModelException(
                    "%s: the pooling's config.json says 'include_prompt: false', and the graph's output %s has pooled the prompt already; name an output with a vector for each token with the line 'output: ...' in model.yaml, or export the graph with one."
                            .formatted(folder, output.get().name()));
        }
        return new Vectors(
                pooled ? List.of() : poolings(modules),
                promptPooled,
                List.copyOf(layers),
                exported.sentences().dimensions(),
                decided ? output.map(GraphPort::name) : Optional.empty());
    }

    /** The vectors of images, which the first patch gives where nothing pools. */
    Vectors ofImages() {
        Optional<SentenceModules> modules = exported.sentences().modules();
        boolean pooled = output.filter(GraphPort::pooled).isPresent();
        List<Layer> layers = layers(modules, pooled);
        normalize(layers, modules);
        return new Vectors(
                pooled ? List.of() : imagePoolings(modules),
                true,
                List.copyOf(layers),
                exported.sentences().dimensions(),
                Optional.empty());
    }

    /** The layers of modules.json that are left to do behind the graph. */
    private List<Layer> layers(Optional<SentenceModules> modules, boolean pooled) {
        List<Layer> written = modules.map(SentenceModules::layers).orElse(List.of());
        return new ArrayList<>(pooled ? new LayersInGraph(folder, output.get()).behind(written) : written);
    }

    private List<Pooling> imagePoolings(Optional<SentenceModules> modules) {
        if (yaml.pooling() != null || exported.sentences().pooling().isPresent()) {
            return poolings(modules);
        }
        remarks.add(
                "vectors are those of the first patch, where the graph gives one for each; the line 'pooling: mean' in model.yaml takes their mean");
        return List.of(Pooling.CLS);
    }

    private List<Pooling> poolings(Optional<SentenceModules> modules) {
        if (yaml.pooling() != null) {
            return yaml.pooling();
        }
        Optional<List<Pooling>> written =
                exported.sentences().pooling().map(PoolingJson::read).map(PoolingJson::poolings);
        return modules.isPresent() || written.isPresent()
                ? written.orElseThrow(() -> new BrokenModelException(
                        "%s: modules.json has no Pooling, and the graph gives a vector for each token; say how they become one with the line 'pooling: mean' in model.yaml."
                                .formatted(folder)))
                : List.of(usual());
    }

    private Pooling usual() {
        Optional<PoolingFamily.Told> told = PoolingFamily.of(exported.config().json());
        remarks.add(
                told.map(family ->
                                "pooling is %s, as models of its family are trained, because config.json says %s; another one is set with the line 'pooling: mean' or 'pooling: cls' in model.yaml"
                                        .formatted(family.pooling().mode, family.reason()))
                        .orElse(
                                "pooling is mean, because no file says how the vectors of the tokens become one; settle it with the line 'pooling: mean' or 'pooling: cls' in model.yaml"));
        return told.map(PoolingFamily.Told::pooling).orElse(Pooling.MEAN);
    }

    private boolean includesPrompt() {
        return exported.sentences()
                .pooling()
                .filter(files -> files.resolve("config.json").toFile().isFile())
                .map(files -> PoolingJson.read(files).includesPrompt())
                .orElse(true);
    }

    private void normalize(List<Layer> layers, Optional<SentenceModules> modules) {
        if (yaml.normalize() == null && modules.isEmpty()) {
            remarks.add(
                    "vectors get the length 1, because there is no modules.json; the line 'normalize: false' in model.yaml leaves them as they are");
        }
        boolean wanted = Optional.ofNullable(yaml.normalize())
                .orElse(modules.map(SentenceModules::normalizes).orElse(true));
        boolean last = !layers.isEmpty() && layers.getLast() instanceof Layer.Normalize;
        if (wanted && !last) {
            layers.add(new Layer.Normalize());
        } else if (last && !wanted) {
            layers.removeLast();
        }
    }
}
