/**
 * Forms batches from waiting items, runs them, halves those that do not fit, and learns the limits.
 *
 * <p>Begin with Batcher, then BatchQueue, HalvingExecutor and LearnedLimit.
 */
package dev.headroom.batch;
