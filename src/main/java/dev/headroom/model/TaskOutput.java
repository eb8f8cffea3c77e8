package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphPort;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the output that a task reads, by name: the first output of a graph may be any.
 *
 * @param known the names of such outputs, the best first
 * @param others names of outputs that the task cannot read, whose values mean something else
 * @param least the fewest dimensions, the batch's counted
 * @param most the most
 * @param content the content of the output, for messages
 * @param remedy what to do where there is none
 */
record TaskOutput(List<String> known, Set<String> others, int least, int most, String content, String remedy) {

    /** Outputs that hold a vector for each token or patch. */
    static final Set<String> HIDDEN = Set.of("last_hidden_state", "token_embeddings");

    private static final Set<String> NO_SCORES = Set.of(
            "last_hidden_state",
            "token_embeddings",
            "sentence_embedding",
            "text_embeds",
            "image_embeds",
            "pooler_output");

    private static final Set<String> NO_VECTORS =
            Set.of("logits", "logits_per_text", "logits_per_image", "scores", "loss");

    /** The vector of a text; in the order of a dual encoder, whose projection comes after the hidden states. */
    static TaskOutput ofText(boolean dual) {
        return ofVectors(
                dual
                        ? List.of("sentence_embedding", "text_embeds", "pooler_output", "last_hidden_state")
                        : List.of(
                                "sentence_embedding",
                                "text_embeds",
                                "last_hidden_state",
                                "token_embeddings",
                                "pooler_output"),
                3);
    }

    /**
     * The vector of an image.
     *
     * @param pooled true if the folder says how the patches' vectors become one, so that no other pooling is wanted
     */
    static TaskOutput ofImage(boolean pooled) {
        return ofVectors(
                pooled
                        ? List.of("image_embeds", "last_hidden_state")
                        : List.of("image_embeds", "sentence_embedding", "pooler_output", "last_hidden_state"),
                4);
    }

    private static TaskOutput ofVectors(List<String> known, int most) {
        return new TaskOutput(
                known,
                NO_VECTORS,
                2,
                most,
                "an embedding",
                "export the model for feature extraction, name the output in model.yaml with the line 'output: NAME', or serve it with another task, such as 'task: tensors'");
    }

    /** The scores of labels. */
    static TaskOutput ofScores() {
        return new TaskOutput(
                List.of("logits"),
                NO_SCORES,
                1,
                2,
                "the scores of labels",
                "export the model with its head, name the output in model.yaml with the line 'output: NAME', or serve it with another task, such as 'task: embed'");
    }

    /** The scores of the vocabulary's tokens at each token of a text. */
    static TaskOutput ofTokenScores() {
        return new TaskOutput(
                List.of("logits"),
                NO_SCORES,
                3,
                3,
                "the scores of a vocabulary",
                "export the model with its head, as for fill-mask, name the output in model.yaml with the line 'output: NAME', or serve it with another task, such as 'task: tensors'");
    }

    /**
     * The output's name; empty where the file tells none with a batch, so that ONNX Runtime will say what is wrong.
     *
     * @param remarks takes the sentence that an output was taken that no name tells
     * @throws BrokenModelException when none is known by name, and not exactly one can be the output
     */
    Optional<String> of(GraphFiles graph, List<GraphPort> outputs, List<String> remarks) {
        List<GraphPort> batched = outputs.stream().filter(GraphPort::isBatched).toList();
        if (batched.isEmpty()) {
            return Optional.empty();
        }
        List<GraphPort> fitting = batched.stream()
                .filter(output -> output.isFloat() && output.hasRank(least, most))
                .toList();
        Optional<String> named = known.stream()
                .filter(name ->
                        fitting.stream().anyMatch(output -> output.name().equals(name)))
                .findFirst();
        return named.or(() -> Optional.of(only(graph, batched, fitting, remarks)));
    }

    private String only(GraphFiles graph, List<GraphPort> all, List<GraphPort> fitting, List<String> remarks) {
        List<GraphPort> possible = fitting.stream()
                .filter(output ->
                        !others.contains(output.name()) && !output.name().endsWith("_logits"))
                .toList();
        if (possible.size() != 1) {
            throw new BrokenModelException("%s: %s has the outputs %s, of which %s is known to hold %s; %s."
                    .formatted(
                            graph.folder(),
                            graph.file().getFileName(),
                            all,
                            possible.isEmpty() ? "none" : "more than one may and none by its name",
                            content,
                            remedy));
        }
        String taken = possible.getFirst().name();
        remarks.add(
                "the output %s of %s is taken for %s, because no other can be; 'output: %s' in model.yaml confirms it"
                        .formatted(taken, graph.file().getFileName(), content, taken));
        return taken;
    }

    /**
     * Checks the output that model.yaml names, where the file tells its type.
     *
     * @throws BrokenModelException when its elements are no floating-point numbers, or it has too many dimensions
     */
    void check(GraphFiles graph, String name, List<GraphPort> outputs) {
        outputs.stream()
                .filter(output -> output.name().equals(name) && !(output.isFloat() && output.hasRank(least, most)))
                .findFirst()
                .ifPresent(output -> {
                    throw new BrokenModelException(
                            "%s: model.yaml says 'output: %s', and %s has %s there, where %s is FLOAT, FLOAT16 or BFLOAT16 of %d to %d dimensions; name another, or say 'task: tensors'."
                                    .formatted(
                                            graph.folder(),
                                            name,
                                            graph.file().getFileName(),
                                            output,
                                            content,
                                            least,
                                            most));
                });
    }
}
