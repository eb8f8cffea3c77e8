package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a folder says of conversations.
 *
 * @param template the Jinja template that writes one; empty where the folder has none
 * @param tokens the special tokens by the names that templates use, such as {@code bos_token}
 */
public record ChatFiles(Optional<String> template, Map<String, String> tokens) {

    private static final String FILE = "chat_template.jinja";
    private static final String FIELD = "chat_template";

    /**
     * Reads chat_template.jinja, else chat_template.json, else tokenizer_config.json.
     *
     * @throws BrokenModelException when a file cannot be read
     */
    static ChatFiles of(Path folder, HuggingFaceFolder exported) {
        JsonNode config = exported.read("tokenizer_config.json");
        Optional<String> template = file(folder)
                .or(() -> template(exported.read("chat_template.json").path(FIELD)))
                .or(() -> template(config.path(FIELD)));
        return new ChatFiles(template, tokens(config, exported.read("special_tokens_map.json")));
    }

    private static Optional<String> file(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new BrokenModelException(
                    "%s: %s cannot be read (%s); check its permissions.".formatted(folder, FILE, e.getMessage()));
        }
    }

    /** A template, or the one named default of several. */
    private static Optional<String> template(JsonNode field) {
        if (field.isTextual()) {
            return Optional.of(field.asText());
        }
        for (JsonNode one : field) {
            if (one.path("name").asText().equals("default")) {
                return Optional.of(one.path("template").asText());
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> tokens(JsonNode... files) {
        Map<String, String> tokens = new TreeMap<>();
        for (JsonNode file : files) {
            file.properties().forEach(field -> {
                JsonNode token = field.getValue();
                String text = token.isTextual()
                        ? token.asText()
                        : token.path("content").asText();
                if (field.getKey().endsWith("_token") && !text.isEmpty()) {
                    tokens.putIfAbsent(field.getKey(), text);
                }
            });
        }
        return tokens;
    }
}
