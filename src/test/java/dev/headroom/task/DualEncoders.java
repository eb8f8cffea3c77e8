package dev.headroom.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Tiny CLIP and SigLIP folders, and the vectors of the transformers library (src/test/python/dual_encoders.py). */
public final class DualEncoders {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final ObjectMapper JSON = new ObjectMapper();

    private DualEncoders() {}

    /** A text or the name of an image's file, with its vector, which is not normalised. */
    public record Expected(String input, float[] vector) {}

    /** Copies the folder of {@code clip} or {@code siglip}. */
    public static Path copy(String name, Path target) throws IOException {
        Path source = RESOURCES.resolve("dual").resolve(name);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
            }
        }
        Files.delete(target.resolve("expected.json"));
        return target;
    }

    public static List<Expected> texts(String name) throws IOException {
        return expected(name, "texts", "text");
    }

    public static List<Expected> images(String name) throws IOException {
        return expected(name, "images", "image");
    }

    private static List<Expected> expected(String name, String list, String field) throws IOException {
        JsonNode all = JSON.readTree(
                RESOURCES.resolve("dual").resolve(name).resolve("expected.json").toFile());
        return StreamSupport.stream(all.path(list).spliterator(), false)
                .map(one -> new Expected(
                        one.path(field).textValue(), JSON.convertValue(one.path("embedding"), float[].class)))
                .toList();
    }

    public static byte[] image(String file) throws IOException {
        return Files.readAllBytes(RESOURCES.resolve("image").resolve(file));
    }
}
