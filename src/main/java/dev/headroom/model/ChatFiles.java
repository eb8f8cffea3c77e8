package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of conversations that a folder has.
 *
 * @param template the Jinja template that writes one; empty where the folder has none
 * @param toolTemplate the one for conversations with tools; empty where the folder has no other for them
 * @param tokens the special tokens by the names that templates use, such as {@code bos_token}
 */
public record ChatFiles(Optional<String> template, Optional<String> toolTemplate, Map<String, String> tokens) {

    private static final String FILE = "chat_template.jinja";
    private static final String MORE = "additional_chat_templates";
    private static final String FIELD = "chat_template";
    private static final String USUAL = "default";
    private static final String WITH_TOOLS = "tool_use";

    /**
     * Reads chat_template.jinja with additional_chat_templates, else chat_template.json, else tokenizer_config.json.
     *
     * @throws BrokenModelException when a file cannot be read
     */
    static ChatFiles of(Path folder, HuggingFaceFolder exported) {
        JsonNode config = exported.read("tokenizer_config.json");
        Map<String, String> templates = files(folder);
        if (templates.isEmpty()) {
            templates = templates(exported.read("chat_template.json").path(FIELD));
        }
        if (templates.isEmpty()) {
            templates = templates(config.path(FIELD));
        }
        return new ChatFiles(
                Optional.ofNullable(templates.get(USUAL)),
                Optional.ofNullable(templates.get(WITH_TOOLS)),
                tokens(config, exported.read("special_tokens_map.json")));
    }

    private static Map<String, String> files(Path folder) {
        Map<String, String> templates = new TreeMap<>();
        Map.of(USUAL, folder.resolve(FILE), WITH_TOOLS, folder.resolve(MORE).resolve(WITH_TOOLS + ".jinja"))
                .forEach((name, file) -> {
                    if (Files.isRegularFile(file)) {
                        templates.put(name, text(file));
                    }
                });
        return templates;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BrokenModelException(
                    "%s cannot be read (%s); check its permissions.".formatted(file, e.getMessage()));
        }
    }

    /** One template, or several by their names. */
    private static Map<String, String> templates(JsonNode field) {
        if (field.isTextual()) {
            return Map.of(USUAL, field.asText());
        }
        Map<String, String> templates = new TreeMap<>();
        field.forEach(one ->
                templates.put(one.path("name").asText(), one.path("template").asText()));
        return templates;
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
