package dev.headroom.model;

import dev.headroom.model.Tower.Kind;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder with one graph for texts and one for images, whose vectors share one space: CLIP, SigLIP and their kin.
 *
 * @param towers the graph for texts, then the one for images
 */
record DualEncoder(List<Tower> towers) {

    /**
     * The two graphs of a folder; empty where it has neither of them, or model.yaml asks for a graph or a task.
     *
     * @throws BrokenModelException when the two do not make one model
     */
    static Optional<DualEncoder> of(Path folder, ModelYaml yaml, HuggingFaceFolder exported) {
        if (yaml.file() != null || yaml.task() != null) {
            return Optional.empty();
        }
        Optional<GraphFiles> text = exported.graph(Kind.TEXT.file);
        Optional<GraphFiles> vision = exported.graph(Kind.IMAGE.file);
        if (text.isPresent() && vision.isPresent()) {
            return Optional.of(both(folder, text.get(), vision.get(), yaml, exported));
        }
        Optional<GraphFiles> one = exported.graph("model");
        if (one.isPresent() || text.isEmpty() && vision.isEmpty()) {
            one.ifPresent(graph -> checkNotCombined(graph, exported));
            return Optional.empty();
        }
        throw text.map(graph -> half(Kind.TEXT, graph, Kind.IMAGE))
                .orElseGet(() -> half(Kind.IMAGE, vision.orElseThrow(), Kind.TEXT));
    }

    /** Refuses a graph that reads texts and images at a time, which makes no vector of either alone. */
    private static void checkNotCombined(GraphFiles graph, HuggingFaceFolder exported) {
        boolean images = Files.isRegularFile(graph.folder().resolve("preprocessor_config.json"));
        if (images
                && exported.outputs(graph.file()).stream()
                        .map(GraphPort::name)
                        .toList()
                        .containsAll(Kind.EMBEDS)) {
            throw new BrokenModelException(
                    "%s: %s makes %s of a text and an image together; export %s.onnx and %s.onnx, or serve it with 'task: tensors' in model.yaml."
                            .formatted(
                                    graph.folder(),
                                    graph.file().getFileName(),
                                    Kind.EMBEDS,
                                    Kind.TEXT.file,
                                    Kind.IMAGE.file));
        }
    }

    private static BrokenModelException half(Kind there, GraphFiles graph, Kind missing) {
        return new BrokenModelException(
                "%s: there is %s and no %s.onnx; put it there, too, or serve the one with the lines 'file: %s' and 'task: %s' in model.yaml."
                        .formatted(
                                graph.folder(),
                                graph.file().getFileName(),
                                missing.file,
                                graph.folder().relativize(graph.file()),
                                there.task));
    }

    private static DualEncoder both(
            Path folder, GraphFiles text, GraphFiles vision, ModelYaml yaml, HuggingFaceFolder exported) {
        checkYaml(folder, yaml);
        String type = exported.config().type();
        Tower texts = Tower.of(Kind.TEXT, text, type);
        Tower images = Tower.of(Kind.IMAGE, vision, type);
        long textWidth = texts.output().width();
        long imageWidth = images.output().width();
        if (textWidth > 0 && imageWidth > 0 && textWidth != imageWidth) {
            throw new BrokenModelException(
                    "%s: %s of %s has %d dimensions and %s of %s has %d, so that they share no space; export both from one model."
                            .formatted(
                                    folder,
                                    texts.output().name(),
                                    text.file().getFileName(),
                                    textWidth,
                                    images.output().name(),
                                    vision.file().getFileName(),
                                    imageWidth));
        }
        return new DualEncoder(List.of(texts, images));
    }

    /** Refuses what can be said of one graph alone. */
    private static void checkYaml(Path folder, ModelYaml yaml) {
        Map<String, Object> ofOne = new LinkedHashMap<>();
        ofOne.put("inputs", yaml.inputs());
        ofOne.put("output", yaml.output());
        ofOne.put("pooling", yaml.pooling());
        ofOne.put("labels", yaml.labels());
        ofOne.put("activation", yaml.activation());
        ofOne.values().removeIf(Objects::isNull);
        if (!ofOne.isEmpty()) {
            throw new BrokenModelException(
                    "%s: model.yaml sets %s, which is of one graph, and there are %s; leave it out, or name the one graph to be served with 'file' and 'task'."
                            .formatted(
                                    folder,
                                    ofOne.keySet(),
                                    Stream.of(Kind.values())
                                            .map(kind -> kind.file + ".onnx")
                                            .toList()));
        }
    }
}
