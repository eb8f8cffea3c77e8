package dev.headroom.function.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import java.util.List;

/**
 * A field of other servers that would change the text, and is not served: it is refused unless it asks for what is done
 * anyway.
 *
 * @param field its name
 * @param same the values that change nothing, as JSON
 */
public record Unserved(String field, List<String> same) {

    /** The fields of vLLM and of its relatives that both of OpenAI's paths may have. */
    private static final List<Unserved> OF_OPENAI = List.of(
            of("best_of", "1"),
            of("use_beam_search", "false"),
            of("length_penalty", "1", "1.0"),
            of("early_stopping", "false"),
            of("typical_p", "1", "1.0"),
            of("stop_token_ids", "[]"),
            of("include_stop_str_in_output", "false"),
            of("skip_special_tokens", "true"),
            of("bad_words", "[]"),
            of("allowed_token_ids"),
            of("logits_processors", "[]"),
            of("prompt_logprobs"),
            of("truncate_prompt_tokens"),
            of("guided_json"),
            of("guided_regex"),
            of("guided_choice"),
            of("guided_grammar"),
            of("structured_outputs"),
            of("return_tokens_as_token_ids", "false"));

    /** A field and the values that change nothing, beside null. */
    public static Unserved of(String field, String... same) {
        return new Unserved(field, List.of(same));
    }

    /**
     * Refuses the fields that change the text.
     *
     * @param more those of the path, beside the ones that all of OpenAI's paths have
     */
    public static void refuse(JsonFields fields, List<Unserved> more) {
        refuseOnly(fields, OF_OPENAI);
        refuseOnly(fields, more);
    }

    /** Refuses such fields of a protocol that has none of OpenAI's. */
    public static void refuseOnly(JsonFields fields, List<Unserved> unserved) {
        for (Unserved field : unserved) {
            JsonNode value = fields.json().path(field.field);
            if (!value.isMissingNode() && !value.isNull() && !field.same.contains(value.toString())) {
                throw JsonFields.wrong(
                        fields.prefix() + field.field,
                        "is %s, which is not served here; leave it out.",
                        JsonFields.kind(value));
            }
        }
    }
}
