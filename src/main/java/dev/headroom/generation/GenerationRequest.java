package dev.headroom.generation;

import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Urgency;

/**
 * A prompt that is to be continued.
 *
 * @param prompt its tokens, at least one
 * @param sampling how each next token is chosen
 * @param maxTokens the most tokens that are generated; 0 reads the prompt only
 * @param stopping what ends the continuation before
 * @param urgency its priority and deadline
 */
public record GenerationRequest(int[] prompt, Sampling sampling, int maxTokens, Stopping stopping, Urgency urgency) {

    /** Refuses what no sequence can be made of; the doors refuse it first, by the names of their fields. */
    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("The prompt has no token: give at least one.");
        }
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens is %d: give 0 or more.".formatted(maxTokens));
        }
    }

    /** The most tokens of prompt and continuation, for which a device must have room. */
    public long tokens() {
        return prompt.length + Math.max(1L, maxTokens);
    }
}
