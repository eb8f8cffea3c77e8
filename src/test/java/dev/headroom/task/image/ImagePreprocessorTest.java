package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePreprocessorTest {

    @TempDir
    Path folder;

    private Tensor tensor(Picture picture, String config) throws IOException {
        Path file = folder.resolve("preprocessor_config.json");
        Files.writeString(file, config);
        return new ImagePreprocessor(PreprocessorConfig.read(file, new ArrayList<>())).tensor(picture);
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) Tensor.elements(tensor.shape())];
        tensor.read(0, values);
        return values;
    }

    /** Pixels whose red is the column, green the row and blue 200. */
    private static Picture grid(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) (i % width);
            rgb[3 * i + 1] = (byte) (i / width);
            rgb[3 * i + 2] = (byte) 200;
        }
        return new Picture(width, height, rgb);
    }

    @Test
    void planesAreNormalisedEachByItsOwn() throws IOException {
        Tensor tensor = tensor(grid(2, 1), """
                {"do_resize": true, "size": {"height": 1, "width": 2}, "do_rescale": true, "rescale_factor": 0.5,
                 "do_normalize": true, "image_mean": [0.5, 1, 2], "image_std": [0.25, 1, 2]}
                """);
        assertArrayEquals(new long[] {3, 1, 2}, tensor.shape());
        assertArrayEquals(new float[] {-2, 0, -1, -1, 49, 49}, values(tensor), 1e-6f);
    }

    @Test
    void blueIsFirstWhereTheModelWantsIt() throws IOException {
        Tensor tensor = tensor(grid(2, 1), """
                {"size": {"height": 1, "width": 2}, "do_rescale": false, "do_flip_channel_order": true}
                """);
        assertArrayEquals(new float[] {200, 200, 0, 0, 0, 1}, values(tensor));
    }

    @Test
    void theMiddleIsKept() throws IOException {
        Tensor tensor = tensor(
                grid(9, 4),
                "{\"do_resize\": false, \"do_center_crop\": true, \"crop_size\": 2, \"do_rescale\": false}");
        assertArrayEquals(new float[] {3, 4, 3, 4, 1, 1, 2, 2, 200, 200, 200, 200}, values(tensor));
    }

    @Test
    void whatIsSmallerThanTheCropHasZerosAround() throws IOException {
        Tensor tensor = tensor(grid(1, 2), """
                {"do_resize": false, "do_center_crop": true, "crop_size": {"height": 2, "width": 4},
                 "do_rescale": false, "image_mean": [1, 1, 1], "image_std": [1, 1, 1]}
                """);
        assertArrayEquals(new float[] {-1, -1, -1, -1, -1, -1, -1, -1}, Arrays.copyOf(values(tensor), 8));
        assertArrayEquals(new float[] {-1, -1, 199, -1, -1, -1, 199, -1}, Arrays.copyOfRange(values(tensor), 16, 24));
    }

    @Test
    void theShorterEdgeIsScaledAndTheLongerFollows() throws IOException {
        Tensor tensor = tensor(
                grid(200, 100),
                "{\"size\": {\"shortest_edge\": 50}, \"resample\": 0, \"crop_size\": 50, \"do_rescale\": false}");
        float[] values = values(tensor);
        assertEquals(51, values[0]);
        assertEquals(149, values[49]);
        assertEquals(1, values[2500]);
        assertEquals(99, values[4999]);
    }

    @Test
    void aLineKeepsItsProportionsAndIsFollowedByZeros() throws IOException {
        String config = """
                {"size": {"height": 4, "width": 6}, "keep_aspect_ratio": true, "do_pad": true, "do_rescale": false,
                 "image_mean": [9, 9, 9], "image_std": [1, 1, 1]}
                """;
        float[] narrow = values(tensor(grid(4, 8), config));
        assertArrayEquals(new float[] {191, 191, 0, 0, 0, 0}, Arrays.copyOfRange(narrow, 48, 54));
        float[] wide = values(tensor(grid(40, 8), config));
        assertArrayEquals(new float[] {191, 191, 191, 191, 191, 191}, Arrays.copyOfRange(wide, 48, 54));
    }

    @Test
    void aLineOfPixelsCostsNoMoreThanItsCrop() throws IOException {
        Tensor tensor = tensor(grid(1, 65_535), "{\"size\": {\"shortest_edge\": 224}, \"crop_size\": 224}");
        assertArrayEquals(new long[] {3, 224, 224}, tensor.shape());
    }
}
