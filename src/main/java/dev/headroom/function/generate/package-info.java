/**
 * The code that the doors for text generation share: prompts start as sequences, and what is told of these becomes an answer or a
 * stream of events.
 *
 * <p>Begin with GenerationEndpoint, then RunningSequences and EventStream.
 */
package dev.headroom.function.generate;
