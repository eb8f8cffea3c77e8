package dev.headroom.generation;

import dev.headroom.request.Urgency;
import java.util.List;

/**
 * A prompt that is to be continued.
 *
 * @param prompt its tokens, at least one
 * @param sampling how each next token is chosen
 * @param maxTokens the most tokens that are generated; 0 reads the prompt only
 * @param stops texts before which the continuation ends, none of them empty; they are not told
 * @param urgency its priority and deadline
 */
public record GenerationRequest(int[] prompt, Sampling sampling, int maxTokens, List<String> stops, Urgency urgency) {

    /** Refuses what no sequence can be made of; the doors refuse it first, by the names of their fields. */
    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("The prompt has no token: give at least one.");
        }
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens is %d: give 0 or more.".formatted(maxTokens));
        }
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("A stop text is empty: leave it out.");
        }
        stops = List.copyOf(stops);
    }
}
