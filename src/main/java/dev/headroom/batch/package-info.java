/**
 * Forms batches from waiting items, runs them, halves those that do not fit, and learns the limits.
 *
 * <p>Begin with Batcher, then BatchQueue, HalvingExecutor and AdaptiveLimit.
 */
package dev.headroom.batch;
