package dev.headroom.model;

import dev.headroom.model.GraphOutputs.Output;
import java.util.List;

/**
 * One graph of a dual encoder.
 *
 * @param kind the inputs that it reads
 * @param graph the graph's files
 * @param output the output of the graph that is the vector
 */
record Tower(Kind kind, GraphFiles graph, Output output) {

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
        GraphOutputs outputs = GraphOutputs.read(graph.file());
        boolean pooled = type.startsWith("siglip")
                && outputs.of(kind.embeds).isEmpty()
                && outputs.of(POOLER).isPresent();
        String name = pooled ? POOLER : kind.embeds;
        if (outputs.of(name).isEmpty() && !outputs.outputs().isEmpty()) {
            throw new BrokenModelException(
                    "%s: %s has the outputs %s and not %s, which is the vector that texts and images share; export the model with its projection (CLIPTextModelWithProjection, CLIPVisionModelWithProjection)."
                            .formatted(
                                    graph.folder(),
                                    graph.file().getFileName(),
                                    outputs.outputs().stream().map(Output::name).toList(),
                                    name));
        }
        long width = outputs.of(name).map(Output::width).orElse(0L);
        return new Tower(kind, graph, new Output(name, List.of(0L, width)));
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
