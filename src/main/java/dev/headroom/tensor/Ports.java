package dev.headroom.tensor;

import java.util.List;

/**
 * The inputs and outputs of a model.
 *
 * @param inputs in the order in which a {@link Row} gives them
 * @param outputs all that have a share for each row of a batch
 * @param ofTask the output that the model's task reads
 * @param once the names of inputs that a batch has once, whatever its rows, and that the session fills
 */
public record Ports(List<Port> inputs, List<Port> outputs, Port ofTask, List<String> once) {

    /** The names of the inputs. */
    public List<String> inputNames() {
        return inputs.stream().map(Port::name).toList();
    }
}
