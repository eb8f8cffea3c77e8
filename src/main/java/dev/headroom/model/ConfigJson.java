package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The file config.json of Hugging Face's transformers.
 *
 * @param json its content; missing where there is no such file
 */
record ConfigJson(JsonNode json) {

    /** Models that count positions from the padding token's id on, which is 1 where their file leaves it out. */
    private static final Set<String> POSITIONS_AFTER_PADDING = Set.of(
            "roberta",
            "xlm-roberta",
            "xlm-roberta-xl",
            "camembert",
            "mpnet",
            "longformer",
            "data2vec-text",
            "xmod",
            "ibert",
            "roberta-prelayernorm",
            "luke",
            "esm");

    /** Lengths that the files of these models leave out. */
    private static final Map<String, Integer> USUAL_POSITIONS = Map.of(
            "siglip",
            64,
            "siglip_text_model",
            64,
            "siglip2",
            64,
            "siglip2_text_model",
            64,
            "clip",
            77,
            "clip_text_model",
            77);

    private static final Set<String> POSITIONS_IN_TABLE = Set.of("bert", "distilbert", "electra", "albert", "xlm");

    /** The classes that the model was saved from, as JSON text; empty when none is named. */
    String architectures() {
        return json.path("architectures").toString();
    }

    /** A field of the part for texts: that of the file itself, else of its text_config. */
    JsonNode text(String field) {
        return json.hasNonNull(field)
                ? json.get(field)
                : json.path("text_config").path(field);
    }

    /** The most tokens of a sequence that the short factors of LongRoPE are for; empty where all lengths have the same factors. */
    OptionalInt originalContext() {
        String field = "original_max_position_embeddings";
        return Stream.of(text("rope_scaling"), text("rope_parameters"))
                .filter(rope -> rope.has("long_factor"))
                .mapToInt(rope -> text(field).asInt(rope.path(field).asInt()))
                .filter(tokens -> tokens > 0)
                .findFirst();
    }

    /** The number of positions, special ones left out; 0 where the file does not tell. */
    double positions() {
        double stated = text("max_position_embeddings").asDouble();
        return stated > 0 ? stated - firstPosition() : USUAL_POSITIONS.getOrDefault(type(), 0);
    }

    /** True if a position beyond the last fails, because the model looks it up in a table. */
    boolean tabulatesPositions() {
        return json.path("position_embedding_type").asText("absolute").equals("absolute")
                && (afterPadding() || POSITIONS_IN_TABLE.contains(type()));
    }

    /** The number of the first token's position: 0, but in RoBERTa and its relatives the one after the padding's. */
    long firstPosition() {
        return afterPadding() ? padId().orElse(1) + 1 : 0;
    }

    /** The id of the padding token; empty where neither the file nor the model's kind tells. */
    OptionalLong padId() {
        JsonNode id = text("pad_token_id");
        if (id.isIntegralNumber() && id.asLong() >= 0) {
            return OptionalLong.of(id.asLong());
        }
        return afterPadding() ? OptionalLong.of(1) : OptionalLong.empty();
    }

    private boolean afterPadding() {
        return POSITIONS_AFTER_PADDING.contains(type());
    }

    /** The model's type, as the transformers library calls it; empty when none is named. */
    String type() {
        return json.path("model_type").asText();
    }

    /** True for SigLIP, whose texts are all padded to one length. */
    boolean isSiglip() {
        return type().startsWith("siglip");
    }

    /** True for a tower of a dual encoder, whose vector comes after the hidden states: CLIP, SigLIP and their relatives. */
    boolean isDual() {
        return type().matches(".*(clip|siglip|align).*");
    }
}
