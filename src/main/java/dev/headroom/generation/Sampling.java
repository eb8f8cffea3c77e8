package dev.headroom.generation;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How the next token is chosen, in the terms of OpenAI's API and of generation_config.json. Penalties come first, then
 * temperature, then the filters.
 *
 * @param temperature divides the logits; 0 takes the most probable token
 * @param topK only so many most probable tokens; 0 for all
 * @param topP only the most probable tokens that together reach this probability; 1 for all
 * @param minP only tokens that have at least this part of the most probable one's probability; 0 for all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens that the prompt or the continuation
 *     has; 1 for none
 * @param presencePenalty is subtracted from the logits of tokens that the continuation has
 * @param frequencyPenalty is subtracted as often as the continuation has the token
 * @param logitBias is added to the logits of these tokens
 * @param seed the same seed chooses the same tokens, whatever other sequences run; empty for a random one
 * @param logprobs how many most probable tokens are told with each; -1 tells no probabilities
 * @param json true allows only tokens that continue one JSON object
 */
public record Sampling(
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        Map<Integer, Float> logitBias,
        OptionalLong seed,
        int logprobs,
        boolean json) {

    /** Takes the most probable token each time. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty(), -1, false);
}
