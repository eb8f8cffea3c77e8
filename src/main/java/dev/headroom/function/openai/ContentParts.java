package dev.headroom.function.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.task.Input;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts and images in the forms of the multimodal servers: {@code messages} of one content part (vLLM), and objects in
 * {@code input}, {@code {"text": ...}} or {@code {"image": ...}} (Jina) or content parts with a type. Each makes one
 * vector.
 *
 * @param reader reads texts and images within the limits
 */
record ContentParts(InputReader reader) {

    static final String MESSAGES = "messages";

    private static final List<String> WORDS = List.of("text", "image");

    /**
     * Reads the inputs of a request.
     *
     * @throws dev.headroom.request.RequestFailedException when there are none, or they have another form
     */
    TextInputs read(JsonFields body) {
        JsonNode input = body.json().path("input");
        boolean images = body.word("modality", WORDS).filter("image"::equals).isPresent();
        if (body.json().hasNonNull(MESSAGES)) {
            if (body.json().hasNonNull("input")) {
                throw JsonFields.wrong("messages", "and input are both there; send one of them.");
            }
            return new TextInputs(MESSAGES, List.of(message(body.json().path(MESSAGES))));
        }
        if (!images && !hasObject(input)) {
            return TextInputs.read("input", input, reader);
        }
        if (!input.isArray()) {
            return new TextInputs("input", List.of(element("input", input, images)));
        }
        reader.checkCount("input", input.size());
        List<Input> inputs = new ArrayList<>(input.size());
        for (JsonNode element : input) {
            inputs.add(element("input[" + inputs.size() + "]", element, images));
        }
        return new TextInputs("input", inputs);
    }

    private static boolean hasObject(JsonNode input) {
        if (input.isArray()) {
            for (JsonNode element : input) {
                if (element.isObject()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** @param images true if a string is an image */
    private Input element(String name, JsonNode element, boolean images) {
        if (element.isObject()) {
            return part(name, element);
        }
        return images ? reader.image(name, element) : TextInputs.input(name, element, reader);
    }

    private Input message(JsonNode messages) {
        if (!messages.isArray() || messages.size() != 1 || !messages.get(0).isObject()) {
            throw JsonFields.wrong(
                    "messages",
                    "is %s; send an array of one message, because a vector is of one text or one image, or several in input.",
                    messages.isArray() ? "an array of %d".formatted(messages.size()) : JsonFields.kind(messages));
        }
        JsonNode message = messages.get(0);
        JsonFields fields = JsonFields.of("messages[0].", message, List.of("role", "content", "name"));
        fields.word("role", List.of("user"));
        return content("messages[0].content", message.path("content"));
    }

    /** A text, or an array of one part. */
    private Input content(String name, JsonNode content) {
        if (content.isTextual()) {
            return new Input.Text(reader.text(name, content));
        }
        if (!content.isArray() || content.size() != 1) {
            throw JsonFields.wrong(
                    name,
                    "is %s; send a text or an array of one part, because a vector is of one text or one image.",
                    content.isArray() ? "an array of %d".formatted(content.size()) : JsonFields.kind(content));
        }
        return part(name + "[0]", content.get(0));
    }

    private Input part(String name, JsonNode part) {
        if (!part.isObject()) {
            throw JsonFields.wrong(name, "is %s; send an object of a text or an image.", JsonFields.kind(part));
        }
        if (part.hasNonNull("content")) {
            JsonFields.of(name + ".", part, List.of("content"));
            return content(name + ".content", part.path("content"));
        }
        return part.hasNonNull("type") ? typed(name, part) : untyped(name, part);
    }

    private Input typed(String name, JsonNode part) {
        String type = new JsonFields(name + ".", part).text("type").orElseThrow();
        JsonFields.of(name + ".", part, List.of("type", type));
        return switch (type) {
            case "text" -> text(name, part);
            case "image" -> reader.image(name + ".image", part.path("image"));
            case "image_url" -> imageUrl(name + ".image_url", part.path("image_url"));
            default -> throw JsonFields.wrong(name + ".type", "is '%s'; send a part of type text or image_url.", type);
        };
    }

    /** A string, or an object with the string. */
    private Input imageUrl(String name, JsonNode url) {
        if (!url.isObject()) {
            return reader.image(name, url);
        }
        JsonFields.of(name + ".", url, List.of("url", "detail"));
        return reader.image(name + ".url", url.path("url"));
    }

    private Input untyped(String name, JsonNode part) {
        JsonFields.of(name + ".", part, WORDS);
        if (part.hasNonNull("text") && part.hasNonNull("image")) {
            throw JsonFields.wrong(name, "has a text and an image; send one of them, or two elements.");
        }
        return part.hasNonNull("image") ? reader.image(name + ".image", part.path("image")) : text(name, part);
    }

    private Input text(String name, JsonNode part) {
        return new Input.Text(reader.text(name + ".text", part.path("text")));
    }
}
