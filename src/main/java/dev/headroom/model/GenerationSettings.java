package dev.headroom.model;

import java.util.Set;

/**
 * The settings of generating that a model's folder has.
 *
 * @param ends the ids of the tokens that end a sequence
 * @param contextLength the most tokens of a sequence; 0 where the folder does not say
 * @param vocabulary the tokens that the graph scores; 0 where the folder does not say
 * @param defaults the sampling where a request does not say
 */
public record GenerationSettings(Set<Integer> ends, int contextLength, int vocabulary, Defaults defaults) {

    /**
     * The sampling of generation_config.json, in its terms.
     *
     * @param temperature 0 takes the most probable token
     * @param topK 0 for all tokens
     */
    public record Defaults(float temperature, int topK, float topP, float minP, float repetitionPenalty) {}
}
