package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The special tokens around a text.
 *
 * @param before the first token before it; empty where there is none
 * @param behind the first token behind it; empty where there is none
 */
record TextFrame(Optional<String> before, Optional<String> behind) {

    private static final TextFrame NONE = new TextFrame(Optional.empty(), Optional.empty());

    /** The frame that the field {@code post_processor} of a tokenizer.json puts around a single text. */
    static TextFrame of(JsonNode processor) {
        if (processor.has("single")) {
            return ofTemplate(processor.get("single"));
        }
        if (processor.has("cls") || processor.has("sep")) {
            return new TextFrame(
                    token(processor.path("cls").path(0)),
                    token(processor.path("sep").path(0)));
        }
        return processor
                .path("processors")
                .valueStream()
                .map(TextFrame::of)
                .filter(frame -> !frame.equals(NONE))
                .findFirst()
                .orElse(NONE);
    }

    private static TextFrame ofTemplate(JsonNode pieces) {
        Optional<String> before = Optional.empty();
        Optional<String> behind = Optional.empty();
        boolean passed = false;
        for (JsonNode piece : pieces) {
            Optional<String> special = token(piece.path("SpecialToken").path("id"));
            if (passed) {
                behind = behind.or(() -> special);
            } else {
                before = before.or(() -> special);
            }
            passed |= piece.has("Sequence");
        }
        return new TextFrame(before, behind);
    }

    private static Optional<String> token(JsonNode written) {
        return Optional.ofNullable(written.textValue());
    }
}
