package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphPort;
import dev.headroom.model.onnx.OnnxFile;
import java.util.List;
import java.util.Optional;

/**
 * One graph of a dual encoder.
 *
 * @param kind the inputs that it reads
 * @param graph the graph's files
 * @param output the output of the graph that is the vector
 */
record Tower(Kind kind, GraphFiles graph, GraphPort output) {

    private static final String POOLER = "pooler_output";

    /** The inputs of a graph. */
    enum Kind {
        TEXT("text_model", "text_embeds", "embed"),
        IMAGE("vision_model", "image_embeds", "image");

        /** The outputs of both. */
        static final List<String> EMBEDS = List.of(TEXT.embeds, IMAGE.embeds);

        /** The name of the graph's file, without its ending. */
        final String file;

        /** The name of the output that is projected into the common space. */
        final String embeds;

        /** The task that serves the graph alone. */
        final String task;

        Kind(String file, String embeds, String task) {
            this.file = file;
            this.embeds = embeds;
            this.task = task;
        }
    }

    /**
     * A graph whose output in the common space is told by its name. SigLIP's pooled output is in that space; CLIP's gets
     * there only by its projection.
     *
     * @param type the model's type in config.json
     * @throws BrokenModelException when the graph has no such output
     */
    static Tower of(Kind kind, GraphFiles graph, String type) {
        List<GraphPort> outputs = OnnxFile.read(graph.file()).outputs();
        boolean pooled = type.startsWith("siglip")
                && named(kind.embeds, outputs).isEmpty()
                && named(POOLER, outputs).isPresent();
        String name = pooled ? POOLER : kind.embeds;
        Optional<GraphPort> output = named(name, outputs);
        if (output.isEmpty() && !outputs.isEmpty()) {
            throw new BrokenModelException(
                    "%s: %s has the outputs %s and not %s, which is the vector that texts and images share; export the model with its projection (CLIPTextModelWithProjection, CLIPVisionModelWithProjection)."
                            .formatted(
                                    graph.folder(),
                                    graph.file().getFileName(),
                                    outputs.stream().map(GraphPort::name).toList(),
                                    name));
        }
        output.filter(found -> !found.sizes().isEmpty() && !found.pooled()).ifPresent(found -> {
            throw new BrokenModelException(
                    "%s: the output %s of %s has %d dimensions, and one vector for each item is served, [batch, dimensions]; export the graph with that."
                            .formatted(
                                    graph.folder(),
                                    name,
                                    graph.file().getFileName(),
                                    found.sizes().size()));
        });
        long width = output.map(GraphPort::width).orElse(0L);
        int elements = output.map(GraphPort::type).orElse(0);
        return new Tower(kind, graph, new GraphPort(name, elements, List.of(0L, width)));
    }

    private static Optional<GraphPort> named(String name, List<GraphPort> outputs) {
        return outputs.stream().filter(output -> output.name().equals(name)).findFirst();
    }

    /** The name of the graph, behind the model's. */
    String name() {
        return switch (kind) {
            case TEXT -> "text";
            case IMAGE -> "image";
        };
    }

    /** Its task, with the settings of the folder. */
    TaskSpec task(TaskDescription folder) {
        return switch (kind) {
            case TEXT -> folder.embed(output);
            case IMAGE -> folder.image(output);
        };
    }
}
