package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The values of a text model's inputs beside the tokens themselves.
 *
 * @param padded true if every text is padded to the greatest length, as the model was trained
 * @param unmasked true if the attention mask does not hide that padding
 * @param untyped true if {@code token_type_ids} are 0 also in the second text of a pair
 * @param firstPosition the number of the first token in {@code position_ids}
 * @param heads the heads of an empty {@code past_key_values}, where the graph does not tell; 0 for unknown
 * @param headSize the length of a head's vectors; 0 for unknown
 * @param adapters the tasks that {@code task_id} counts, by their names; empty for a model without that input
 */
public record InputRules(
        boolean padded,
        boolean unmasked,
        boolean untyped,
        long firstPosition,
        long heads,
        long headSize,
        List<String> adapters) {

    /**
     * The rules that the files tell.
     *
     * @param padded true if texts are padded to the greatest length
     * @param tokenizer the content of tokenizer_config.json
     */
    static InputRules of(ConfigJson config, boolean padded, JsonNode tokenizer) {
        long attentionHeads = first(config, "num_attention_heads", "n_head", "num_heads");
        long heads = first(config, "num_key_value_heads");
        long headSize = first(config, "head_dim");
        long hidden = first(config, "hidden_size", "n_embd", "d_model");
        return new InputRules(
                padded,
                padded && !masks(tokenizer, config),
                !names(tokenizer, "token_type_ids", true),
                config.firstPosition(),
                heads > 0 ? heads : attentionHeads,
                headSize > 0 || attentionHeads == 0 ? headSize : hidden / attentionHeads,
                adapters(config.json()));
    }

    private static long first(ConfigJson config, String... fields) {
        return Stream.of(fields)
                .mapToLong(field -> config.text(field).asLong())
                .filter(value -> value > 0)
                .findFirst()
                .orElse(0);
    }

    /** SigLIP's tokenisers make no mask, so that the model reads its padding, unless the file says otherwise. */
    private static boolean masks(JsonNode tokenizer, ConfigJson config) {
        return names(tokenizer, "attention_mask", !config.isSiglip());
    }

    /** True if the file names this input among those that the tokeniser makes; where it names none, the other value. */
    private static boolean names(JsonNode tokenizer, String input, boolean otherwise) {
        JsonNode inputs = tokenizer.path("model_input_names");
        return inputs.isArray() ? inputs.toString().contains("\"" + input + "\"") : otherwise;
    }

    /** The tasks of jina-embeddings-v3, in the order of its adapters. */
    private static List<String> adapters(JsonNode config) {
        List<String> names = new ArrayList<>();
        JsonNode listed = config.path("lora_adaptations");
        if (listed.isArray()) {
            listed.forEach(name -> names.add(name.asText()));
        } else {
            instructions(config).fieldNames().forEachRemaining(names::add);
        }
        return List.copyOf(names);
    }

    /** The words that such a model has before each text, by the names of its tasks. */
    static JsonNode instructions(JsonNode config) {
        JsonNode instructions = config.path("task_instructions");
        return instructions.isObject() ? instructions : MissingNode.getInstance();
    }
}
