package dev.headroom.function.v2;

import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A request to run a model on tensors.
 *
 * @param address the model, and the request's id
 * @param parameters strings, booleans, longs and doubles
 * @param inputs the inputs by their names, in the caller's order; the first dimension of each is the batch
 * @param outputs the wanted outputs; empty for all
 */
public record TensorRequest(
        TensorAddress address, Map<String, Object> parameters, Map<String, Tensor> inputs, List<WantedOutput> outputs) {

    /** The number of rows, once the inputs are known to have the same. */
    int rows() {
        return Math.toIntExact(inputs.values().iterator().next().shape()[0]);
    }
}
