package dev.headroom.function.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.WellFormedText;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.form.TextForm;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.RequestFailedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads how tokens are chosen, in OpenAI's fields and those that vLLM adds. What is left out is as the model's folder says.
 *
 * @param fields the fields that hold it
 * @param defaults what the folder says
 * @param vocabulary one more than the largest id of a token
 */
public record SamplingFields(JsonFields fields, Sampling defaults, int vocabulary) {

    /** The most stop texts: OpenAI takes 4, vLLM any number. */
    private static final int MOST_STOPS = 16;

    /** The most tokens whose bias may be set. */
    private static final int MOST_BIASES = 1024;

    /** Reads the fields for this model. */
    public static SamplingFields of(JsonFields fields, TextModel model) {
        return new SamplingFields(fields, model.defaults(), model.vocabulary());
    }

    /**
     * The sampling.
     *
     * @param logprobs how many most probable tokens are told with each; -1 for none
     * @param form what the text is to look like; empty for any text
     * @throws RequestFailedException when a field is not as it should be
     */
    public Sampling read(int logprobs, Optional<? extends TextForm> form) {
        return new Sampling(
                number("temperature", 0, 2, defaults.temperature()),
                topK(),
                Math.max(Float.MIN_NORMAL, number("top_p", 0, 1, defaults.topP())),
                number("min_p", 0, 1, defaults.minP()),
                number("repetition_penalty", 0.01, 10, defaults.repetitionPenalty()),
                number("presence_penalty", -2, 2, defaults.presencePenalty()),
                number("frequency_penalty", -2, 2, defaults.frequencyPenalty()),
                logitBias(),
                seed(),
                logprobs,
                form.map(wanted -> wanted));
    }

    private float number(String field, double least, double most, float otherwise) {
        return (float) fields.number(field, least, most).orElse(otherwise);
    }

    /** Both 0 and -1 stand for all tokens, by the custom of servers. */
    private int topK() {
        return (int) Math.max(0, fields.whole("top_k", -1, Integer.MAX_VALUE).orElse(defaults.topK()));
    }

    private OptionalLong seed() {
        OptionalLong seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return seed.isPresent() ? seed : defaults.seed();
    }

    private Map<Integer, Float> logitBias() {
        JsonNode biases = fields.json().path("logit_bias");
        if (biases.isMissingNode() || biases.isNull()) {
            return defaults.logitBias();
        }
        JsonFields byToken = fields.within("logit_bias", "an object of token ids and numbers, or leave it out");
        if (biases.size() > MOST_BIASES) {
            throw JsonFields.wrong("logit_bias", "has %d tokens; send at most %d.", biases.size(), MOST_BIASES);
        }
        Map<Integer, Float> bias = new HashMap<>();
        biases.fieldNames()
                .forEachRemaining(token ->
                        byToken.number(token, -100, 100).ifPresent(value -> bias.put(tokenId(token), (float) value)));
        return bias;
    }

    private int tokenId(String name) {
        try {
            int id = Integer.parseInt(name);
            if (id >= 0 && id < vocabulary) {
                return id;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw JsonFields.wrong(
                "logit_bias", "has the field '%s'; send ids of tokens from \"0\" to \"%d\".", name, vocabulary - 1);
    }

    /**
     * The fields that end a text before its most tokens: {@code stop}, and vLLM's {@code min_tokens} and {@code ignore_eos}.
     *
     * @throws RequestFailedException when a field is not as it should be
     */
    public Stopping stopping() {
        return new Stopping(
                stops(),
                (int) fields.whole("min_tokens", 0, Integer.MAX_VALUE).orElse(0),
                fields.flag("ignore_eos").orElse(false));
    }

    /**
     * The stop texts: one, or an array of them; none where it is left out.
     *
     * @throws RequestFailedException when it is neither, or holds an empty text
     */
    public List<String> stops() {
        JsonNode stop = fields.json().path("stop");
        String name = fields.prefix() + "stop";
        if (stop.isMissingNode() || stop.isNull()) {
            return List.of();
        }
        if (stop.isTextual()) {
            return List.of(stop(name, stop));
        }
        if (!stop.isArray() || stop.size() > MOST_STOPS) {
            throw JsonFields.wrong(
                    name,
                    "is %s; send a text, or an array of at most %d.",
                    stop.isArray() ? "an array of " + stop.size() : JsonFields.kind(stop),
                    MOST_STOPS);
        }
        return stop.valueStream()
                .map(text -> stop(name + "[]", text))
                .distinct()
                .toList();
    }

    private static String stop(String name, JsonNode value) {
        String text = WellFormedText.read(name, value);
        if (text.isEmpty()) {
            throw JsonFields.wrong(name, "is an empty string; send at least one character, or leave it out.");
        }
        return text;
    }
}
