package dev.headroom.model.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.image.PreprocessorConfig.Channels;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.PreprocessorConfig.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorConfigTest {

    @TempDir
    Path folder;

    private PreprocessorConfig read(String json) throws IOException {
        Path file = folder.resolve("preprocessor_config.json");
        Files.writeString(file, json);
        return PreprocessorConfig.read(file, new ArrayList<>());
    }

    /** google/vit-base-patch16-224's. */
    @Test
    void vitScalesToASquare() throws IOException {
        PreprocessorConfig config = read("""
                {"do_normalize": true, "do_resize": true, "feature_extractor_type": "ViTFeatureExtractor",
                 "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2, "size": 224}
                """);
        assertEquals(Optional.of(new Resize.Exact(new Extent(224, 224))), config.resize());
        assertEquals(Optional.empty(), config.crop());
        assertEquals(Resampling.BILINEAR, config.resampling());
        assertEquals(1 / 255f, config.values().scale());
    }

    /** openai/clip-vit-base-patch32's. */
    @Test
    void clipScalesTheShorterEdgeAndCrops() throws IOException {
        PreprocessorConfig config = read("""
                {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
                 "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224,
                 "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}
                """);
        assertEquals(Optional.of(new Resize.ShortestEdge(224)), config.resize());
        assertEquals(Optional.of(new Extent(224, 224)), config.crop());
        assertEquals(Resampling.BICUBIC, config.resampling());
        assertEquals(
                new Channels(0.48145466f, 0.4578275f, 0.40821073f),
                config.values().mean());
    }

    /** microsoft/resnet-50's. */
    @Test
    void convNextScalesToMoreThanItKeeps() throws IOException {
        PreprocessorConfig config = read("""
                {"crop_pct": 0.875, "do_normalize": true, "do_resize": true,
                 "feature_extractor_type": "ConvNextFeatureExtractor", "image_mean": [0.485, 0.456, 0.406],
                 "image_std": [0.229, 0.224, 0.225], "resample": 3, "size": 224}
                """);
        assertEquals(Optional.of(new Resize.ShortestEdge(256)), config.resize());
        assertEquals(Optional.of(new Extent(224, 224)), config.crop());
    }

    @Test
    void convNextScalesLargeSquaresWithoutCropping() throws IOException {
        PreprocessorConfig config =
                read("{\"image_processor_type\": \"ConvNextImageProcessor\", \"size\": {\"shortest_edge\": 384}}");
        assertEquals(Optional.of(new Resize.Exact(new Extent(384, 384))), config.resize());
        assertEquals(new Extent(384, 384), config.output());
    }

    @Test
    void fieldsThatAreNullOrUnknownArePassedOver() throws IOException {
        PreprocessorConfig config = read("{\"size\": 8, \"resample\": null, \"do_pad\": null, \"brightness\": \"x\"}");
        assertEquals(new Extent(8, 8), config.output());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {'size': 0}                                       | size holds 0; set it to 1 to 4,096 pixels
                    {'size': 100000}                                  | size holds 100000; set it to 1 to 4,096 pixels
                    {'size': 'large'}                                 | size is "large"; set it to an object
                    {'size': {'height': 224}}                         | size is {"height":224}; set it to an object
                    {'size': {'height': 2.5, 'width': 2}}             | size holds 2.5; set it to 1
                    {'size': {'height': 8, 'width': 9, 'shortest_edge': 7}} | size gives shortest_edge beside height or width
                    {'size': {'longest_edge': 384}}                   | size holds longest_edge
                    {'do_resize': 'yes', 'size': 8}                   | do_resize is "yes"; set it to true or false
                    {}                                                | size is missing; add it
                    {'size': {'shortest_edge': 224}}                  | do_center_crop is off
                    {'do_resize': false}                              | do_center_crop is off
                    {'size': 8, 'do_center_crop': true}               | crop_size is missing; add it
                    {'size': 8, 'resample': 6}                        | resample is 6.0; set it to one of
                    {'size': 8, 'rescale_factor': 0}                  | rescale_factor is 0.0; set it
                    {'size': 8, 'rescale_factor': '1/255'}            | rescale_factor holds "1/255"; set it to a number
                    {'size': 8, 'do_normalize': true}                 | image_mean is missing; add it
                    {'size': 8, 'image_mean': [0.5, 0.5]}             | image_mean is [0.5,0.5]; set it to three numbers
                    {'size': 8, 'image_mean': [0, 0, 1e300]}          | image_mean holds 1.0E300; set it to a number
                    {'size': 8, 'image_mean': [0,0,0], 'image_std': [1,0,1]} | image_std holds a number below 0.0001
                    {'size': 8, 'do_pad': true}                       | do_pad is only served together with
                    {'size': 8, 'rescale_offset': true}               | rescale_offset is true, and this step is not
                    {'size': 8, 'crop_pct': 0, 'size': {'shortest_edge': 8}} | crop_pct is 0.0; set it to a share
                    """)
    void whatIsNotServedIsNamed(String json, String message) {
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> read(json.replace('\'', '"')));
        String start = folder + ": in preprocessor_config.json the field " + message;
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    @Test
    void whatIsNoJsonObjectIsNamed() {
        for (String text : new String[] {"[1]", "{\"size\": ", "null"}) {
            BrokenModelException e = assertThrows(BrokenModelException.class, () -> read(text));
            assertTrue(e.getMessage().startsWith(folder + ": preprocessor_config.json is no "), e.getMessage());
            assertTrue(e.getMessage().endsWith("; export or download the folder again."), e.getMessage());
        }
    }
}
