package dev.headroom.generation.sampling;

import dev.headroom.generation.form.TextForm;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the next token is chosen, in the terms of OpenAI's API and of generation_config.json. The bias comes first, then the
 * penalties, the temperature and the filters: top-k, top-p, min-p.
 *
 * @param temperature divides the logits; 0, and what is below 0.00001, takes the most probable token
 * @param topK only so many most probable tokens; 0 for all
 * @param topP only the most probable tokens that together reach this probability, at least one; 1 for all
 * @param minP only tokens that have at least this part of the most probable one's probability; 0 for all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens that the prompt or the continuation
 *     has; 1 for none
 * @param presencePenalty is subtracted from the logits of tokens that the continuation has
 * @param frequencyPenalty is subtracted as often as the continuation has the token
 * @param logitBias is added to the logits of these tokens; the sampler passes over ids that the model has no logit for
 * @param seed the same seed chooses the same tokens, whatever other sequences run; empty for a random one
 * @param logprobs how many most probable tokens are told with each; -1 tells no probabilities
 * @param form allows only tokens that continue a text of this form; empty for any text
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
        Optional<TextForm> form) {

    /** Refuses numbers that have no meaning; the doors refuse them first, by the names of their fields. */
    public Sampling {
        require("temperature", temperature, temperature >= 0 && temperature <= Float.MAX_VALUE, "0 or more");
        require("topK", topK, topK >= 0, "0 or more");
        require("topP", topP, topP >= 0 && topP <= 1, "0 to 1");
        require("minP", minP, minP >= 0 && minP <= 1, "0 to 1");
        require(
                "repetitionPenalty",
                repetitionPenalty,
                repetitionPenalty > 0 && repetitionPenalty <= Float.MAX_VALUE,
                "a number above 0");
        require("presencePenalty", presencePenalty, Float.isFinite(presencePenalty), "a finite number");
        require("frequencyPenalty", frequencyPenalty, Float.isFinite(frequencyPenalty), "a finite number");
        logitBias.forEach((id, bias) -> {
            require("logitBias's token", id, id >= 0, "an id of 0 or more");
            require("logitBias", bias, Float.isFinite(bias), "a finite number");
        });
        logitBias = Map.copyOf(logitBias);
    }

    /** The same with this seed. */
    public Sampling seeded(long other) {
        return new Sampling(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                logitBias,
                OptionalLong.of(other),
                logprobs,
                form);
    }

    private static void require(String name, Number value, boolean right, String remedy) {
        if (!right) {
            throw new IllegalArgumentException("%s is %s: give %s.".formatted(name, value, remedy));
        }
    }

    /** Takes the most probable token each time. */
    public static final Sampling GREEDY =
            new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty(), -1, Optional.empty());
}
