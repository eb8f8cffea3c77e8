package dev.headroom.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The two files of a tokeniser: tokenizer.json, which is read, and tokenizer_config.json, by which transformers changes
 * what it reads there. Where the second contradicts the first, texts would be read as no library reads them.
 *
 * @param file the file tokenizer.json
 * @param config the content of tokenizer_config.json; missing where there is no such file
 */
record TokenizerFiles(Path file, JsonNode config) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CONFIG = "tokenizer_config.json";

    /** The classes that take tokenizer.json as it is. */
    private static final Set<String> GENERIC =
            Set.of("PreTrainedTokenizerFast", "PreTrainedTokenizer", "TokenizersBackend");

    /** The parts of tokenizer.json that are compared. They stand before its vocabulary. */
    private static final Set<String> COMPARED = Set.of("normalizer", "pre_tokenizer", "post_processor");

    /**
     * Checks that both files read texts alike.
     *
     * @param inputs the names of the graph's inputs
     * @param pairs true if the model also reads pairs of texts
     * @throws BrokenModelException when they do not
     */
    void check(Collection<String> inputs, boolean pairs) {
        if (config.path("truncation_side").asText().equals("left")) {
            throw broken(
                    "truncation_side is left, and long texts lose their ends here; set it to right if they may, or serve the model with the line 'task: tensors' in model.yaml");
        }
        JsonNode tokenizer = compared();
        if (!GENERIC.contains(config.path("tokenizer_class").asText())) {
            checkNormalizer(tokenizer.path("normalizer"));
            checkPrefixSpace(tokenizer.path("pre_tokenizer"));
        }
        if (inputs.contains("token_type_ids")) {
            checkTypes(tokenizer.path("post_processor"), pairs);
        }
    }

    /** BERT's tokenisers write these fields over those of the normaliser. */
    private void checkNormalizer(JsonNode normalizer) {
        if (!normalizer.path("type").asText().equals("BertNormalizer")) {
            return;
        }
        boolean lowercase = normalizer.path("lowercase").asBoolean(true);
        checkAlike("do_lower_case", "lowercase", lowercase);
        checkAlike(
                "tokenize_chinese_chars",
                "handle_chinese_chars",
                normalizer.path("handle_chinese_chars").asBoolean(true));
        checkAlike(
                "strip_accents",
                "strip_accents",
                normalizer.path("strip_accents").asBoolean(lowercase));
    }

    private void checkPrefixSpace(JsonNode preTokenizer) {
        if (preTokenizer.path("type").asText().equals("ByteLevel")) {
            checkAlike(
                    "add_prefix_space",
                    "add_prefix_space",
                    preTokenizer.path("add_prefix_space").asBoolean(true));
        }
    }

    private void checkAlike(String field, String there, boolean value) {
        JsonNode ours = config.path(field);
        if (ours.isBoolean() && ours.booleanValue() != value) {
            throw broken("%s is %s, and %s in %s is %s; make them alike, as the model was trained"
                    .formatted(field, ours, there, file.getFileName(), value));
        }
    }

    private void checkTypes(JsonNode processor, boolean pairs) {
        JsonNode names = config.path("model_input_names");
        boolean left = names.isArray()
                && names.valueStream().noneMatch(name -> name.asText().equals("token_type_ids"));
        if (left && numbersTypes(processor, pairs)) {
            throw broken(
                    "model_input_names leaves out token_type_ids, which the graph reads and the post_processor of %s numbers; add it there, or set those numbers to 0, as the model was trained"
                            .formatted(file.getFileName()));
        }
    }

    /** True if a token gets another type than 0. */
    private static boolean numbersTypes(JsonNode processor, boolean pairs) {
        List<JsonNode> templates =
                pairs ? List.of(processor.path("single"), processor.path("pair")) : List.of(processor.path("single"));
        return pairs && processor.path("type").asText().equals("BertProcessing")
                || templates.stream()
                        .flatMap(template -> template.findValues("type_id").stream())
                        .anyMatch(type -> type.asInt() != 0)
                || processor.path("processors").valueStream().anyMatch(one -> numbersTypes(one, pairs));
    }

    private BrokenModelException broken(String problem) {
        return new BrokenModelException("%s: in %s the field %s.".formatted(file.getParent(), CONFIG, problem));
    }

    /** The compared parts. Ends before the vocabulary, which may be large. */
    private ObjectNode compared() {
        ObjectNode parts = JSON.createObjectNode();
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            while (parts.size() < COMPARED.size() && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (COMPARED.contains(name)) {
                    parts.set(name, json.readValueAsTree());
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            // the tokeniser says why it cannot be read
        }
        return parts;
    }
}
