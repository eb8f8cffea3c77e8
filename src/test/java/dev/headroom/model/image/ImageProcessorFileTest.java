package dev.headroom.model.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.PreprocessorConfig.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageProcessorFileTest {

    private static final String COMPLETE =
            "'do_resize': true, 'size': 224, 'resample': 2, 'do_rescale': true, 'rescale_factor': 0.00392, 'do_normalize': true, 'image_mean': [0, 0, 0], 'image_std': [1, 1, 1]";

    @TempDir
    Path folder;

    private Path write(String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json.replace('\'', '"'));
    }

    private PreprocessorJson read(String json) throws IOException {
        return new PreprocessorJson(write("preprocessor_config.json", json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'image_processor_type': 'MobileViTImageProcessor'}",
                "{'image_processor_type': 'MobileViTImageProcessorFast'}",
                "{'image_processor_type': 'MobileViTFeatureExtractor', 'feature_extractor_type': 'ViTFeatureExtractor'}",
                "{'feature_extractor_type': 'MobileViTFeatureExtractor'}"
            })
    void everyNameOfATypeMeansIt(String json) throws IOException {
        PreprocessorConfig config = read(json).config();
        assertEquals(Optional.of(new Resize.ShortestEdge(224)), config.resize());
        assertEquals(new Extent(256, 256), config.output());
        assertTrue(config.values().blueFirst());
        assertEquals(List.of(), read(json).remarks());
    }

    @Test
    void aTypeThatIsNotNamedFollowsFromTheModel() throws IOException {
        write("config.json", "{'model_type': 'swinv2'}");
        PreprocessorJson read = read("{'processor_class': 'AnyProcessor'}");
        assertEquals(new Extent(224, 224), read.config().output());
        assertEquals(Resampling.BILINEAR, read.config().resampling());
        assertEquals(
                List.of(
                        "preprocessor_config.json names no image_processor_type; taken is ViTImageProcessor, the one of model_type swinv2 in config.json."),
                read.remarks());
    }

    @Test
    void whatAFileWithoutATypeLeavesOutIsSaid() throws IOException {
        write("config.json", "{'model_type': 'mine'}");
        PreprocessorJson read = read("{'size': 8}");
        assertEquals(new Extent(8, 8), read.config().output());
        assertTrue(read.remarks().getFirst().startsWith("preprocessor_config.json names no image_processor_type; "));
    }

    @Test
    void nestedSettingsGoFirst() throws IOException {
        write(
                "processor_config.json",
                "{'image_processor': {'image_processor_type': 'SiglipImageProcessorFast', 'size': {'height': 64, 'width': 64}}, 'processor_class': 'SiglipProcessor'}");
        assertEquals(
                new Extent(64, 64),
                PreprocessorConfig.read(folder.resolve("preprocessor_config.json"), new ArrayList<>())
                        .output());
        assertEquals(new Extent(64, 64), read("{'size': 8}").config().output());
    }

    @Test
    void nullIsNoDefault() throws IOException {
        assertEquals(
                0f,
                read("{'image_processor_type': 'ViTImageProcessor', 'do_normalize': null}")
                        .config()
                        .values()
                        .mean()
                        .red());
    }

    @Test
    void anUnknownTypeThatSaysEverythingIsFollowed() throws IOException {
        PreprocessorJson read = read("{'image_processor_type': 'OwnImageProcessor', %s}".formatted(COMPLETE));
        assertEquals(new Extent(224, 224), read.config().output());
        assertEquals(
                List.of(
                        "preprocessor_config.json names the unknown type Own; its fields are followed in the order resize, crop, rescale, normalise."),
                read.remarks());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'image_processor_type': 'OwnImageProcessor', 'size': 8}  | image_processor_type is Own, an unknown type, and [do_resize, resample, do_rescale, rescale_factor, do_normalize, image_mean, image_std] are left open; add them
            {'image_processor_type': 'OwnImageProcessor', 'crop_size': 9, COMPLETE} | image_processor_type is Own, an unknown type, and [do_center_crop] are left open; add them
            {'image_processor_type': 'OwnImageProcessor', 'patch_size': 9, COMPLETE} | image_processor_type is Own, an unknown type, and the meaning of [patch_size] is unknown; take
            {'image_processor_type': 'DonutImageProcessor'}           | image_processor_type is Donut, whose processor makes images of several sizes, which is not served; use
            {'image_processor_type': 'Siglip2ImageProcessorFast'}     | image_processor_type is Siglip2, whose processor cuts images into patches
            {'feature_extractor_type': 'VideoMAEFeatureExtractor'}    | feature_extractor_type is VideoMAE, whose processor reads videos
            {'image_processor_type': 'LayoutLMv3ImageProcessor'}      | apply_ocr is true where the file does not set it to false, and this step is not served for LayoutLMv3ImageProcessor
            {'image_processor_type': 'ViTImageProcessor', 'do_flip_channel_order': true} | do_flip_channel_order is true, and this step is not served for ViTImageProcessor; use
            {'image_processor_type': 'ViTImageProcessor', 'include_top': true} | include_top is true, and this step
            {'image_processor_type': 'ViTImageProcessor', 'do_invert': true}   | do_invert is true, and this step
            {'image_processor_type': 'ViTImageProcessor', 'apply_mask': true}  | apply_mask is true, and this step
            {'image_processor_type': 'MobileViTImageProcessor', 'do_normalize': true} | do_normalize is true, and this step
            {'image_processor_type': 'SegformerImageProcessor', 'do_center_crop': true} | do_center_crop is true, and this step
            {'image_processor_type': 'DPTImageProcessor', 'keep_aspect_ratio': true} | keep_aspect_ratio is true
            {'image_processor_type': 'DPTImageProcessor', 'ensure_multiple_of': 256} | ensure_multiple_of is 256, and size lies in the middle
            {'image_processor_type': 'LlavaImageProcessor', 'do_pad': true}   | do_pad is true, and this step
            {'image_processor_type': 'CLIPImageProcessor', 'do_pad': true, 'pad_size': 336} | pad_size is another size than the images get
            {'image_processor_type': 'CLIPImageProcessor', 'resample': null}  | resample is missing; add it
            {'image_processor_type': 'ConvNextImageProcessor', 'size': {'height': 9, 'width': 9}} | size gives a height and a width, and ConvNext
            {'image_processor_type': 'PerceiverImageProcessor', 'crop_size': 200} | crop_size is smaller than size
            {'image_processor_type': 'SiglipImageProcessor', 'size': 224}     | do_center_crop is off and size fixes one edge at most
            {'image_processor_type': 'ViTImageProcessor', 'data_format': 'channels_last'} | data_format is not channels_first
            """)
    void whatIsNotServedIsNamed(String json, String message) {
        BrokenModelException e = assertThrows(
                BrokenModelException.class,
                () -> read(json.replace("COMPLETE", COMPLETE)).config());
        String start = folder + ": in preprocessor_config.json the field " + message;
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    @Test
    void aModelWhoseTypeIsNotServedIsNamed() throws IOException {
        write("config.json", "{'model_type': 'detr'}");
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> read("{'size': 8}"));
        assertTrue(
                e.getMessage()
                        .startsWith(
                                folder + ": in config.json the field model_type is Detr, whose processor makes images"),
                e.getMessage());
    }
}
