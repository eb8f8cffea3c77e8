/**
 * CloudEvents, single and batched, by the Funqy function.
 *
 * <p>Begin with InferFunction and EventRoute.
 */
package dev.headroom.function.event;
