/**
 * The native door, POST /infer.
 *
 * <p>Begin with InferRoute.
 */
package dev.headroom.function.infer;
