package dev.headroom.function.v2;

import java.util.List;
import java.util.Map;

/**
 * A request to run a model on tensors, whichever door it came through.
 *
 * @param address which model
 * @param parameters strings, booleans, longs and doubles
 * @param inputs the inputs in the caller's order
 * @param outputs the outputs that are wanted; empty for all
 */
public record TensorRequest(
        TensorAddress address,
        Map<String, Object> parameters,
        List<InferenceTensor> inputs,
        List<WantedOutput> outputs) {}
