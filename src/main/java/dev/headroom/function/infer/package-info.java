/**
 * The function, and its native door POST /infer.
 *
 * <p>Begin with InferFunction.
 */
package dev.headroom.function.infer;
