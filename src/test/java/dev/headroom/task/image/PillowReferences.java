package dev.headroom.task.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small images, and what Pillow makes of them; src/test/resources/image/make.py made both. */
final class PillowReferences {

    static final Path FOLDER = Path.of("src/test/resources/image");

    private static final JsonNode JSON = read();

    private PillowReferences() {}

    /** A picture of Pillow's. */
    record Resized(int filter, Picture picture) {}

    private static JsonNode read() {
        try {
            return new ObjectMapper().readTree(FOLDER.resolve("pillow.json").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Picture source() {
        return picture(JSON.get("source"));
    }

    static List<Resized> resized() {
        return JSON.get("resized")
                .valueStream()
                .map(one -> new Resized(one.get("filter").intValue(), picture(one)))
                .toList();
    }

    static List<String> files() {
        return JSON.get("decoded").propertyStream().map(one -> one.getKey()).toList();
    }

    static byte[] file(String name) throws IOException {
        return Files.readAllBytes(FOLDER.resolve(name));
    }

    static Picture decoded(String name) {
        return picture(JSON.get("decoded").get(name));
    }

    private static Picture picture(JsonNode json) {
        try {
            return new Picture(
                    json.get("width").intValue(),
                    json.get("height").intValue(),
                    json.get("rgb").binaryValue());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The largest difference of two bytes. */
    static int difference(Picture one, Picture other) {
        int most = one.width() == other.width() && one.height() == other.height() ? 0 : 256;
        for (int i = 0; most < 256 && i < one.rgb().length; i++) {
            most = Math.max(most, Math.abs((one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF)));
        }
        return most;
    }

    static double meanDifference(Picture one, Picture other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF));
        }
        return sum / one.rgb().length;
    }
}
