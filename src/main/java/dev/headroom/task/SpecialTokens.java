package dev.headroom.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The special tokens of a tokeniser, as transformers knows them. */
final class SpecialTokens {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The files beside tokenizer.json that name them. */
    private static final List<String> FILES = List.of("tokenizer_config.json", "special_tokens_map.json");

    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final List<String> LISTS = List.of("additional_special_tokens", "extra_special_tokens");

    private SpecialTokens() {}

    /** Their ids: those that the files beside it name, those that it adds as such, and those around each text. */
    static Set<Long> ids(Path tokenizer) {
        try {
            JsonNode json = JSON.readTree(tokenizer.toFile());
            Map<String, Long> vocabulary = new HashMap<>();
            json.path("model")
                    .path("vocab")
                    .properties()
                    .forEach(word ->
                            vocabulary.put(word.getKey(), word.getValue().asLong()));
            Set<Long> ids = new HashSet<>();
            json.path("added_tokens").forEach(token -> {
                vocabulary.put(token.path("content").asText(), token.path("id").asLong());
                if (token.path("special").asBoolean()) {
                    ids.add(token.path("id").asLong());
                }
            });
            around(json.path("post_processor"), ids);
            for (String file : FILES) {
                named(tokenizer.resolveSibling(file)).forEach(name -> {
                    if (vocabulary.containsKey(name)) {
                        ids.add(vocabulary.get(name));
                    }
                });
            }
            return ids;
        } catch (IOException e) {
            throw new BrokenModelException("%s: a file of its tokeniser is no readable JSON (%s); download it again."
                    .formatted(tokenizer.getParent(), e.getMessage()));
        }
    }

    /** The tokens of BERT's and RoBERTa's post-processor, and of a template. */
    private static void around(JsonNode processor, Set<Long> ids) {
        List.of("cls", "sep").forEach(name -> {
            if (processor.path(name).path(1).isIntegralNumber()) {
                ids.add(processor.path(name).path(1).asLong());
            }
        });
        processor.path("special_tokens").forEach(token -> token.path("ids").forEach(id -> ids.add(id.asLong())));
        processor.path("processors").forEach(one -> around(one, ids));
    }

    private static Set<String> named(Path file) throws IOException {
        Set<String> names = new HashSet<>();
        if (Files.isRegularFile(file)) {
            JsonNode json = JSON.readTree(file.toFile());
            NAMES.forEach(name -> names.add(content(json.path(name))));
            LISTS.forEach(list -> json.path(list).forEach(token -> names.add(content(token))));
        }
        return names;
    }

    private static String content(JsonNode token) {
        return token.isObject() ? token.path("content").asText() : token.asText();
    }
}
