package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.onnx.GraphPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether a graph that pools holds the layers behind the pooling, too.
 *
 * @param output the graph's output, of two dimensions
 */
record LayersInGraph(Path folder, GraphPort output) {

    /**
     * The layers that are left to do.
     *
     * @param layers the layers of modules.json
     * @throws BrokenModelException when the output's width does not tell
     */
    List<Layer> behind(List<Layer> layers) {
        List<Layer> sized = layers.stream()
                .filter(layer -> !(layer instanceof Layer.Normalize))
                .toList();
        if (sized.isEmpty()) {
            return layers;
        }
        int first = sized.getFirst().inputs();
        int last = sized.getLast().outputs();
        if (first == last || output.width() != first && output.width() != last) {
            throw new BrokenModelException(
                    "%s: modules.json has layers from %d to %d values, and the graph's output %s of %s does not tell if it holds them; export the graph with an output 'sentence_embedding', which holds all, or 'last_hidden_state', which holds none, or name such an output with the line 'output: ...' in model.yaml."
                            .formatted(
                                    folder,
                                    first,
                                    last,
                                    output.name(),
                                    output.width() == 0 ? "open width" : output.width()));
        }
        return output.width() == first ? layers : List.of();
    }

    /** Checks that an output that should hold all modules is as wide as the last Dense layer, where that can be told. */
    void checkWhole(SentenceModules modules, List<String> remarks) {
        List<Path> dense = modules.denseFiles();
        if (dense.isEmpty()) {
            return;
        }
        Optional<Integer> first = width(dense.getFirst(), "in_features");
        Optional<Integer> last = width(dense.getLast(), "out_features");
        if (last.isPresent() && output.width() != 0 && output.width() != last.get()) {
            throw new BrokenModelException(
                    "%s: the Dense layers of modules.json end with %d values, and the graph's output %s has %d; name the output before them with the line 'output: last_hidden_state' in model.yaml, or export the graph again."
                            .formatted(folder, last.get(), output.name(), output.width()));
        }
        if (output.width() == 0 || last.isEmpty() || first.equals(last)) {
            remarks.add(
                    "the Dense layers of modules.json are taken to be in the graph's output %s, as exporters write it; if they are not, name an output with a vector for each token with the line 'output: ...' in model.yaml"
                            .formatted(output.name()));
        }
    }

    private static Optional<Integer> width(Path files, String field) {
        Path config = files.resolve("config.json");
        return config.toFile().isFile() ? Optional.of(CheckedJson.read(config).count(field)) : Optional.empty();
    }
}
