package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of a message: a text, or parts of type text, which become lines as they do in vLLM.
 *
 * @param message the message's fields
 * @param reader reads texts within the limits
 */
record MessageContent(JsonFields message, InputReader reader) {

    /**
     * Reads it.
     *
     * @param mayLack true for a role whose message may have no content, which is then empty
     * @throws dev.headroom.request.RequestFailedException when it is neither a text nor such parts
     */
    String read(boolean mayLack) {
        String name = message.prefix() + "content";
        JsonNode content = message.json().path("content");
        if (mayLack && (content.isMissingNode() || content.isNull())) {
            return "";
        }
        if (content.isTextual()) {
            return reader.text(name, content);
        }
        if (!content.isArray()) {
            throw JsonFields.wrong(
                    name, "is %s; send a text, or an array of parts of type text.", JsonFields.kind(content));
        }
        List<String> texts = new ArrayList<>(content.size());
        for (JsonNode part : content) {
            texts.add(part(name + "[" + texts.size() + "]", part));
        }
        return String.join("\n", texts);
    }

    private String part(String name, JsonNode part) {
        if (!part.isObject()) {
            throw JsonFields.wrong(name, "is %s; send an object with type and text.", JsonFields.kind(part));
        }
        JsonFields fields = new JsonFields(name + ".", part);
        String type = fields.text("type").orElse("");
        if (!type.equals("text")) {
            throw JsonFields.wrong(
                    name + ".type", "is '%s', and texts alone are read here; send a part of type text.", type);
        }
        return reader.text(name + ".text", part.path("text"));
    }
}
