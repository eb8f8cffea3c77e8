package dev.headroom.function.v2;

import java.util.List;

/**
 * What a model made of a {@link TensorRequest}.
 *
 * @param address the model and version that answered, and the request's id
 * @param outputs the outputs that were wanted, in the order in which they were
 */
public record TensorResponse(TensorAddress address, List<InferenceTensor> outputs) {}
