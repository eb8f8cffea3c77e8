/**
 * Text is generated: sequences join and leave a batch at every step, within a budget of bytes for their keys and values.
 *
 * <p>Begin with Generator, then ContinuousBatch, Preemption and TextStream.
 */
package dev.headroom.generation;
