package dev.headroom.model.image;

import static dev.headroom.model.file.CheckedJson.shown;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.image.PreprocessorConfig.Channels;
import dev.headroom.model.image.PreprocessorConfig.Extent;

/** The fields of colours and sizes in a JSON object of a model's folder. Errors name them. */
record ImageFields(CheckedJson json) {

    /** The most pixels of an edge, more than any image model takes. */
    private static final int LONGEST_EDGE = 4096;

    /** A field of three numbers, or of one for all. */
    Channels channels(String field) {
        JsonNode values = json.value(field);
        if (values.isNumber()) {
            return Channels.all(number(field, values));
        }
        if (!values.isArray() || values.size() != 3) {
            throw json.broken(
                    field, "is %s; set it to three numbers, for red, green and blue".formatted(shown(values)));
        }
        return new Channels(number(field, values.get(0)), number(field, values.get(1)), number(field, values.get(2)));
    }

    private float number(String field, JsonNode value) {
        return (float) json.number(field, value);
    }

    /** A field that holds a square's edge, a list of height and width, or an object of both. */
    Extent extent(String field) {
        JsonNode value = json.value(field);
        if (value.isNumber()) {
            return new Extent(edge(field, value), edge(field, value));
        }
        if (value.isArray() && value.size() == 2) {
            return new Extent(edge(field, value.get(1)), edge(field, value.get(0)));
        }
        if (!value.has("height") || !value.has("width")) {
            throw json.broken(field, "is %s; set it to an object of height and width".formatted(shown(value)));
        }
        return new Extent(edge(field, value.get("width")), edge(field, value.get("height")));
    }

    /** A number of pixels. */
    int edge(String field, JsonNode value) {
        if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > LONGEST_EDGE) {
            throw json.broken(field, "holds %s; set it to 1 to %,d pixels".formatted(shown(value), LONGEST_EDGE));
        }
        return value.intValue();
    }
}
