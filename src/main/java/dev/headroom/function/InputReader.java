package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.ElementLimit;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.WellFormedText;
import dev.headroom.function.download.Downloads;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Input;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Base64;

/** Reads texts and images from the requests of all doors, within the limits that are set. */
@Singleton
public class InputReader {

    /** Longer than any download takes: the item's own deadline ends it. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** The most items of a request unless the operator says otherwise: bad ones, too, take time and an answer each. */
    private static final int MOST_ITEMS = 65_536;

    private final HeadroomConfig config;
    private final Downloads downloads;

    InputReader(HeadroomConfig config, Downloads downloads) {
        this.config = config;
        this.downloads = downloads;
    }

    /**
     * Checks the number of items of a request.
     *
     * @throws RequestFailedException when there is no item, or too many
     */
    public void checkCount(String field, int count) {
        if (count == 0) {
            throw JsonFields.wrong(field, "is an empty array; send at least one element.");
        }
        if (count > most().elements()) {
            throw most().exceeded(field);
        }
    }

    /** The most items that a request may hold. */
    public ElementLimit most() {
        return new ElementLimit(config.input().maxItems().orElse(MOST_ITEMS), "headroom.input.max-items");
    }

    /**
     * Reads a text.
     *
     * @throws RequestFailedException when the value is no text, or too long
     */
    public String text(String field, JsonNode value) {
        String text = WellFormedText.read(field, value);
        int most = config.input().maxCharacters();
        if (text.length() > most) {
            throw new RequestFailedException(Failure.TooLarge.of(
                    field,
                    "has %d characters, and at most %d are taken; send less of it, or raise headroom.input.max-characters."
                            .formatted(text.length(), most)));
        }
        return text;
    }

    /**
     * Reads an image: base64, a data URL, or an http(s) reference.
     *
     * @throws RequestFailedException when it is none of these
     */
    public Input image(String field, JsonNode value) {
        String image = WellFormedText.read(field, value);
        if (image.regionMatches(true, 0, "http:", 0, 5) || image.regionMatches(true, 0, "https:", 0, 6)) {
            return new Input.Reference(
                    config.references().maxBytes().asLongValue(),
                    config.references().timeout(),
                    () -> downloads.get(image, LONGEST));
        }
        return new Input.Image(decoded(field, image));
    }

    private static byte[] decoded(String field, String image) {
        int comma = image.startsWith("data:") ? image.indexOf(',') : -1;
        if (image.startsWith("data:")
                && (comma < 0 || !image.substring(0, comma).endsWith(";base64"))) {
            throw JsonFields.wrong(
                    field, "is a data URL without ;base64; send it as data:image/png;base64,... or the base64 alone.");
        }
        try {
            return Base64.getDecoder().decode(image.substring(comma + 1));
        } catch (IllegalArgumentException e) {
            throw JsonFields.wrong(
                    field,
                    "is neither base64, nor a data URL, nor an http(s) reference (%s); send one of them.",
                    e.getMessage());
        }
    }
}
