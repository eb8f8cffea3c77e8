/**
 * Tensors, rows of a batch, and the ports of a model.
 *
 * <p>Begin with Tensor and Row.
 */
package dev.headroom.tensor;
