/**
 * Text is generated: sequences join and leave a batch at every step, within a budget of bytes for their keys and values.
 *
 * <p>Begin with Generators, then Generator, ContinuousBatch, Preemption and TextStream.
 */
package dev.headroom.generation;
