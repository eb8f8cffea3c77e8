package dev.headroom.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two files of a tokeniser: tokenizer.json, which is read, and tokenizer_config.json. The classes of transformers that are
 * named here build a part of the first anew from fields of the second, or from their defaults where a field is missing. All
 * classes add the tokens that the second has alone.
 * Where that says otherwise, texts would be read as no library reads them.
 *
 * @param folder the model's folder
 * @param file the file tokenizer.json
 * @param config the content of tokenizer_config.json; missing where there is no such file
 */
record TokenizerFiles(Path folder, Path file, JsonNode config) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The classes that build BERT's normaliser anew, without the words that follow. */
    private static final Set<String> NORMALIZING = Set.of("Bert", "DistilBert", "Electra", "MPNet");

    /** The classes that build a pre-tokeniser of bytes anew. */
    private static final Set<String> SPACING = Set.of("Roberta", "GPT2", "Deberta", "Bart", "Longformer");

    /** The class of the above that takes the tokens around a text from tokenizer.json; all others put their own. */
    private static final String UNFRAMED = "GPT2";

    private static final String ADDED = "added_tokens";

    /** The parts of tokenizer.json that are compared. They stand before its vocabulary in files that the library wrote. */
    private static final Set<String> COMPARED = Set.of(ADDED, "normalizer", "pre_tokenizer", "post_processor");

    /**
     * Checks that both files read texts alike. The tokens that begin and end texts elsewhere ({@code bos_token}, {@code eos_token})
     * change nothing in these classes.
     *
     * @throws BrokenModelException when they do not
     */
    void check() {
        if (config.path("split_special_tokens").asBoolean()) {
            throw broken(
                    "split_special_tokens is true, and special tokens in a text are not split here; set it to false if they may stay, or serve the model with the line 'task: tensors' in model.yaml");
        }
        boolean normalizes = isBuiltBy(NORMALIZING);
        boolean spaces = isBuiltBy(SPACING);
        JsonNode words = config.path("added_tokens_decoder");
        if (!normalizes && !spaces && words.isEmpty()) {
            return; // the file is taken as it is, and not read for this
        }
        JsonNode tokenizer = compared();
        checkAdded(words, tokenizer.path(ADDED));
        if (normalizes) {
            checkNormalizer(tokenizer.path("normalizer"));
        }
        if (spaces) {
            checkPrefixSpace(tokenizer.path("pre_tokenizer"));
        }
        if (normalizes || spaces) {
            checkFrame(TextFrame.of(tokenizer.path("post_processor")));
        }
    }

    /** True if long texts lose their beginnings, and not their ends. */
    boolean cutsBeginning() {
        return config.path("truncation_side").asText().equals("left");
    }

    /** True also where no class is named: then the stated fields alone are compared. */
    private boolean isBuiltBy(Set<String> classes) {
        return named().isEmpty() || classes.contains(named());
    }

    private String named() {
        return config.path("tokenizer_class").asText().replaceFirst("Tokenizer(Fast)?$", "");
    }

    /** The classes add the tokens that the other file lacks, so that their words are read as one token each. */
    private void checkAdded(JsonNode words, JsonNode known) {
        Set<String> there =
                known.valueStream().map(token -> token.path("content").asText()).collect(Collectors.toSet());
        words.valueStream()
                .map(token -> token.path("content").asText())
                .filter(word -> known.isArray() && !there.contains(word))
                .findFirst()
                .ifPresent(word -> {
                    throw broken(
                            "added_tokens_decoder has the token '%s', which %s in %s lacks; load the tokeniser with transformers and save it with save_pretrained"
                                    .formatted(word, ADDED, file.getFileName()));
                });
    }

    private void checkNormalizer(JsonNode normalizer) {
        if (!normalizer.path("type").asText().equals("BertNormalizer")) {
            return;
        }
        boolean lowercase = normalizer.path("lowercase").asBoolean(true);
        checkAlike("do_lower_case", true, "lowercase", lowercase);
        checkAlike(
                "tokenize_chinese_chars",
                true,
                "handle_chinese_chars",
                normalizer.path("handle_chinese_chars").asBoolean(true));
        checkAlike(
                "strip_accents",
                config.path("do_lower_case").asBoolean(true),
                "strip_accents",
                normalizer.path("strip_accents").asBoolean(lowercase));
    }

    private void checkPrefixSpace(JsonNode preTokenizer) {
        if (preTokenizer.path("type").asText().equals("ByteLevel")) {
            checkAlike(
                    "add_prefix_space",
                    false,
                    "add_prefix_space",
                    preTokenizer.path("add_prefix_space").asBoolean(true));
        }
    }

    private void checkFrame(TextFrame frame) {
        if (!named().equals(UNFRAMED)) {
            checkFrame("cls_token", "before", frame.before());
            checkFrame("sep_token", "behind", frame.behind());
        }
    }

    private void checkFrame(String field, String place, Optional<String> token) {
        JsonNode written = config.path(field);
        String stated = written.isObject() ? written.path("content").textValue() : written.textValue();
        if (stated != null && token.filter(stated::equals).isEmpty()) {
            throw broken("%s is %s, and the token %s a text in %s is %s; make them alike, as the model was trained"
                    .formatted(field, stated, place, file.getFileName(), token.orElse("missing")));
        }
    }

    /**
     * Checks one field.
     *
     * @param usual the value that the class takes where the field is missing
     * @param there the name of the same in tokenizer.json
     */
    private void checkAlike(String field, boolean usual, String there, boolean value) {
        boolean stated = config.path(field).isBoolean();
        if ((stated || config.has("tokenizer_class")) && config.path(field).asBoolean(usual) != value) {
            throw broken("%s is %s, and %s in %s is %s; make them alike, as the model was trained"
                    .formatted(
                            field,
                            stated ? config.get(field) : "missing, which counts as " + usual,
                            there,
                            file.getFileName(),
                            value));
        }
    }

    private BrokenModelException broken(String problem) {
        return new BrokenModelException("%s: in tokenizer_config.json the field %s.".formatted(folder, problem));
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
