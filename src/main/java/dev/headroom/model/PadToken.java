package dev.headroom.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Finds the padding token's id in the tokeniser's files, of which one names the token and the other numbers it. */
final class PadToken {

    private static final JsonFactory JSON = new JsonFactory();

    private PadToken() {}

    /**
     * The id of the padding token.
     *
     * @param tokenizer the file tokenizer.json, whose special tokens come before its vocabulary
     * @param config the content of tokenizer_config.json
     */
    static OptionalLong id(Path tokenizer, JsonNode config) {
        JsonNode token = config.path("pad_token");
        String name = token.isTextual() ? token.asText() : token.path("content").asText();
        if (name.isEmpty()) {
            return OptionalLong.empty();
        }
        try (JsonParser json = JSON.createParser(tokenizer.toFile())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("added_tokens")) {
                    return among(json, name);
                }
            }
        } catch (IOException e) {
            // the tokeniser says why it cannot be read
        }
        return OptionalLong.empty();
    }

    private static OptionalLong among(JsonParser json, String name) throws IOException {
        long id = -1;
        String content = "";
        json.nextToken();
        while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null) {
            if (json.currentToken() == JsonToken.END_OBJECT && content.equals(name) && id >= 0) {
                return OptionalLong.of(id);
            }
            if (json.currentToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                id = field.equals("id") ? json.getValueAsLong(-1) : id;
                content = field.equals("content") ? json.getValueAsString("") : content;
            }
        }
        return OptionalLong.empty();
    }
}
