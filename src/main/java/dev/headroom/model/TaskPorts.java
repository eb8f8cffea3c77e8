package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphPort;
import java.util.List;
import java.util.Optional;

/**
 * The inputs and the output of the graph that a task uses.
 *
 * @param remarks takes a sentence where an output is taken that no name tells
 */
record TaskPorts(ModelYaml yaml, HuggingFaceFolder exported, GraphFiles graph, List<String> remarks) {

    /** The ports for the vector of a text. */
    PortNames ofEmbedding() {
        return of("embed", TaskOutput.ofText(exported.config().isDual()));
    }

    /** The ports for the scores of a text, or of a pair. */
    PortNames ofScores() {
        return with(TaskOutput.ofScores());
    }

    /** The ports for the scores of the vocabulary's tokens at each token of a text. */
    PortNames ofTokenScores() {
        return with(TaskOutput.ofTokenScores());
    }

    /** The ports for the vector of an image. */
    PortNames ofImage() {
        boolean pooled =
                yaml.pooling() != null || exported.sentences().pooling().isPresent();
        return of("image", TaskOutput.ofImage(pooled));
    }

    /** The output that the task reads, as the graph's file declares it. */
    Optional<GraphPort> output(PortNames ports) {
        return exported.outputs(graph.file()).stream()
                .filter(output -> ports.output().equals(Optional.of(output.name())))
                .findFirst();
    }

    private PortNames of(String task, TaskOutput output) {
        if (yaml.output() == null && exported.hasOtherHead(graph.file())) {
            throw new BrokenModelException(
                    "%s: config.json names a model with the head %s, and model.yaml says 'task: %s', which that head does not do; say 'task: tensors', or name the output that is a vector with the line 'output: NAME'."
                            .formatted(graph.folder(), exported.head().name(), task));
        }
        return with(output);
    }

    private PortNames with(TaskOutput output) {
        List<GraphPort> outputs = exported.outputs(graph.file());
        PortNames named = yaml.ports();
        named.output().ifPresent(name -> output.check(graph, name, outputs));
        Optional<String> taken = named.output().or(() -> output.of(graph, outputs, remarks));
        return new PortNames(named.inputs(), taken);
    }
}
