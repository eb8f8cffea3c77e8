package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every served image processor makes the tensors that transformers makes; src/test/python/image_processors.py asked it. */
class ImageProcessorsTest {

    private static final int PLACES = 8;

    /** Types without a processor that resizes by Pillow: torchvision's bytes, or numbers, differ by up to two levels. */
    private static final Set<String> OF_TORCHVISION = Set.of("DINOv3ViTImageProcessor", "Tipsv2ImageProcessor");

    @TempDir
    Path folder;

    static Stream<Named<JsonNode>> cases() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(PillowReferences.FOLDER.resolve("processors.json").toFile());
        return json.get("cases").valueStream().map(one -> Named.of(one.get("file") + " " + one.get("picture"), one));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTypeMakesTheLibrarysTensor(JsonNode expected) throws IOException {
        Path file = Files.writeString(
                folder.resolve("preprocessor_config.json"), expected.get("file").toString());
        Tensor tensor = new ImagePreprocessor(PreprocessorConfig.read(file, new ArrayList<>()))
                .tensor(picture(expected.get("picture")));
        assertEquals(expected.get("shape").toString().replace(",", ", "), Arrays.toString(tensor.shape()));
        float[] values = new float[(int) Tensor.elements(tensor.shape())];
        tensor.read(0, values);
        double[] there = IntStream.range(0, PLACES)
                .mapToDouble(i -> values[(int) ((i * 79_907L + 13) % values.length)])
                .toArray();
        boolean pillow = !OF_TORCHVISION.contains(
                expected.get("file").get("image_processor_type").asText());
        double scale = Math.max(1, Math.sqrt(expected.get("square").asDouble()));
        double tolerance = pillow ? 1e-4 * scale : 2 / 255.0 / 0.22;
        assertArrayEquals(numbers(expected.get("values")), there, tolerance);
        assertEquals(expected.get("mean").asDouble(), mean(values, 1), pillow ? 1e-5 * scale : 0.002);
        assertEquals(expected.get("square").asDouble(), mean(values, 2), pillow ? 1e-5 * scale * scale : 0.004);
    }

    private static double mean(float[] values, int power) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.pow(values[i], power))
                .average()
                .orElseThrow();
    }

    private static double[] numbers(JsonNode list) {
        return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static Picture picture(JsonNode title) throws IOException {
        if (title.asText().endsWith(".png")) {
            return new ImageDecoder(new ImageLimits(1_000_000, 20 << 20))
                    .decode(PillowReferences.file(title.asText()), Function.identity());
        }
        List<String> edges = List.of(title.asText().split(" x "));
        return patterned(Integer.parseInt(edges.getFirst()), Integer.parseInt(edges.getLast()));
    }

    /** The picture of the script's formula. */
    private static Picture patterned(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int x = i % width;
            int y = i / width;
            rgb[3 * i] = (byte) (x * 7 + y * 3);
            rgb[3 * i + 1] = (byte) (x * y / 11);
            rgb[3 * i + 2] = (byte) (x * x / 97 + 5 * y);
        }
        return new Picture(width, height, rgb);
    }
}
