package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The exporter's files on generating: generation_config.json goes before genai_config.json, and that before
 * config.json.
 */
record GenerationJson(JsonNode generation, JsonNode genai, ConfigJson config) {

    private static final int NO_LIMIT = 1 << 24;

    /** The settings. */
    GenerationSettings settings() {
        return new GenerationSettings(
                ends(),
                contextLength(),
                Math.max(
                        config.text("vocab_size").asInt(),
                        genai.path("model").path("vocab_size").asInt()),
                sampling());
    }

    /** The ids of the tokens that end a sequence: one, or several in a list. */
    private Set<Integer> ends() {
        Set<Integer> ends = new LinkedHashSet<>();
        first(
                        "eos_token_id",
                        generation,
                        genai.path("model"),
                        config.json(),
                        config.json().path("text_config"))
                .ifPresent(value -> {
                    if (value.isArray()) {
                        value.forEach(id -> ends.add(id.asInt()));
                    } else {
                        ends.add(value.asInt());
                    }
                });
        return ends;
    }

    private int contextLength() {
        return Stream.of(
                        genai.path("model").path("context_length").asInt(),
                        config.text("max_position_embeddings").asInt(),
                        config.text("n_positions").asInt(),
                        config.text("n_ctx").asInt(),
                        config.text("max_seq_len").asInt(), // MPT
                        config.text("seq_length").asInt()) // BLOOM
                .filter(length -> length > 0 && length < NO_LIMIT)
                .findFirst()
                .orElse(0);
    }

    /** Without {@code do_sample: true} the most probable token is taken, as transformers does. */
    private GenerationSettings.Defaults sampling() {
        JsonNode search = genai.path("search");
        boolean samples = first("do_sample", generation, search)
                .map(JsonNode::asBoolean)
                .orElse(generation.has("temperature") || generation.has("top_p") || generation.has("top_k"));
        return new GenerationSettings.Defaults(
                samples ? number("temperature", 1) : 0,
                samples ? (int) number("top_k", 0) : 0,
                samples ? number("top_p", 1) : 1,
                samples ? number("min_p", 0) : 0,
                number("repetition_penalty", 1));
    }

    private float number(String field, double otherwise) {
        return (float) first(field, generation, genai.path("search"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .orElse(otherwise)
                .doubleValue();
    }

    private static Optional<JsonNode> first(String field, JsonNode... files) {
        return List.of(files).stream()
                .map(file -> file.path(field))
                .filter(value -> !value.isMissingNode() && !value.isNull())
                .findFirst();
    }
}
