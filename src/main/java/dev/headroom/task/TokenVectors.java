package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.Optional;

/**
 * The vector of each token, as the graph makes it: before pooling, layers and normalisation.
 *
 * @param output the graph's output that has them; empty where the graph pools
 */
record TokenVectors(Optional<Port> output) {

    /** The dimensions of such an output, the batch's counted. */
    private static final int DIMENSIONS = 3;

    private static final long UNKNOWN = 1024;

    /** The vectors of a loaded model. */
    static TokenVectors of(TaskSpec.OfVectors spec, Ports ports) {
        String name = spec.ports().output().orElse(ports.ofTask().name());
        return new TokenVectors(ports.outputs().stream()
                .filter(port -> port.name().equals(name) && port.shape().length == DIMENSIONS)
                .findFirst());
    }

    /**
     * The row of a text that is read so.
     *
     * @throws RequestFailedException when the graph pools
     */
    Row row(Row text) {
        Port port = output.orElseThrow(
                () -> new RequestFailedException(
                        new Failure.Invalid(
                                "This model's graph has no vector for each token, because it pools them; ask /embed for one vector a text.")));
        return text.reading(port.name());
    }

    /** Bytes that the vectors of so many tokens take, as values and as JSON together; those of one of unknown length are 1,024 long. */
    long bytes(int tokens) {
        long width = output.map(port -> port.shape()[DIMENSIONS - 1])
                .filter(known -> known > 0)
                .orElse(UNKNOWN);
        return tokens * width * AnswerMemory.NUMBER;
    }

    /**
     * The vectors of a text.
     *
     * @param values the output's share of the text, [padded tokens, dimensions]
     * @param tokens the tokens without padding
     */
    float[][] read(Tensor values, int tokens) {
        int width = Math.toIntExact(values.shape()[1]);
        float[][] vectors = new float[tokens][width];
        for (int token = 0; token < tokens; token++) {
            values.read(token * width, vectors[token]);
            Vectors.checkFinite(vectors[token]);
        }
        return vectors;
    }
}
