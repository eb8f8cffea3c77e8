package dev.headroom.model.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The image processors of Hugging Face's transformers: their defaults, and the reasons why others are not served. */
final class ImageProcessorTable {

    private static final String FILE = "image-processors.json";

    private static final JsonNode TABLE = read();

    /** A class's name says after its type whether it is one, in which generation, and by which library it resizes. */
    private static final Pattern SUFFIXES = Pattern.compile("(ImageProcessor|FeatureExtractor)(Fast|Pil)?$");

    private ImageProcessorTable() {}

    private static JsonNode read() {
        try (InputStream stream = ImageProcessorTable.class.getResourceAsStream(FILE)) {
            return new ObjectMapper().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The type of a class, such as ViT for ViTImageProcessor, ViTImageProcessorFast and ViTFeatureExtractor. */
    static String type(String className) {
        return SUFFIXES.matcher(className).replaceFirst("");
    }

    /** The fields that a served type follows, with the values that it takes for those that a file leaves out. */
    static Optional<ObjectNode> defaults(String type) {
        return Optional.ofNullable((ObjectNode) TABLE.path("served").get(type));
    }

    /** The reason why a known type is not served; continues "whose processor ...". */
    static Optional<String> refusal(String type) {
        return Optional.ofNullable(TABLE.path("refused").path(type).textValue());
    }

    /** The type that the library takes for a model's model_type where its folder names none. */
    static Optional<String> ofModel(String modelType) {
        return Optional.ofNullable(TABLE.path("models").path(modelType).textValue());
    }
}
