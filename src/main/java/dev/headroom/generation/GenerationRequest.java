package dev.headroom.generation;

import dev.headroom.request.Urgency;
import java.util.List;

/**
 * A prompt that is to be continued.
 *
 * @param prompt its tokens, at least one
 * @param sampling how each next token is chosen
 * @param maxTokens the most tokens that are generated; 0 reads the prompt only
 * @param stops texts before which the continuation ends; they are not told
 * @param urgency its priority and deadline
 */
public record GenerationRequest(int[] prompt, Sampling sampling, int maxTokens, List<String> stops, Urgency urgency) {}
