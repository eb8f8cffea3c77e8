package dev.headroom.model.image;

import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.image.PreprocessorConfig.Channels;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.PreprocessorConfig.PixelValues;
import dev.headroom.model.image.PreprocessorConfig.Resize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads an image processor's settings like the image processors of Hugging Face's transformers. */
final class PreprocessorJson {

    /** The steps that are served, of the types that follow them. */
    private static final Set<String> SERVED = Set.of(
            "do_resize",
            "default_to_square",
            "do_center_crop",
            "do_rescale",
            "do_normalize",
            "do_pad",
            "do_flip_channel_order",
            "keep_aspect_ratio",
            "rescale_offset",
            "include_top");

    /** Flags that change no pixel of a colour picture: they are about labels, batches or further outputs. */
    private static final Set<String> HARMLESS = Set.of(
            "do_convert_rgb",
            "do_reduce_labels",
            "reduce_labels",
            "do_convert_annotations",
            "default_to_square",
            "disable_grouping",
            "return_image_mask");

    private final CheckedJson json;
    private final ImageFields fields;
    private final ImageProcessorFile file;
    private final ImageResizing resizing;

    /** Reads the file. */
    PreprocessorJson(Path path) {
        file = ImageProcessorFile.read(path);
        json = file.json();
        fields = new ImageFields(json);
        resizing = new ImageResizing(json, file.type());
    }

    PreprocessorConfig config() {
        refuseOtherSteps();
        Optional<Resize> resize = resizing.resize();
        Optional<Extent> crop = resizing.crop();
        if (crop.isEmpty()
                && resize.filter(kind -> !(kind instanceof Resize.ShortestEdge)).isEmpty()) {
            throw json.broken(
                    "do_center_crop",
                    "is off and size fixes one edge at most, so that images would have different sizes; set do_center_crop"
                            + " and crop_size, or size to a height and a width");
        }
        PreprocessorConfig config = new PreprocessorConfig(resize, resizing.resampling(), crop, values());
        refusePadding(config.output());
        return config;
    }

    /** The sentences about what the folder leaves open. */
    List<String> remarks() {
        return file.remarks();
    }

    private void refuseOtherSteps() {
        json.object().properties().stream()
                .filter(one -> one.getValue().isBoolean() && one.getValue().booleanValue())
                .map(one -> one.getKey())
                .filter(flag -> !HARMLESS.contains(flag) && !flag.startsWith("codebook_"))
                .filter(flag -> !SERVED.contains(flag) || !file.followed().contains(flag))
                .findFirst()
                .ifPresent(flag -> {
                    throw json.broken(
                            flag,
                            "is true%s, and this step is not served%s; use a model that does without, or say 'task: tensors' in model.yaml"
                                    .formatted(
                                            file.written(flag) ? "" : " where the file does not set it to false",
                                            file.type().isEmpty() ? "" : " for " + file.type() + "ImageProcessor"));
                });
        if (json.text("data_format")
                .filter(format -> !format.toLowerCase().contains("first"))
                .isPresent()) {
            throw json.broken(
                    "data_format", "is not channels_first, the only order that is served; export the model with it");
        }
    }

    /** Padding adds nothing where all images have one size already. */
    private void refusePadding(Extent output) {
        if (!json.flag("do_pad", false)) {
            return;
        }
        if (file.type().isEmpty() && !json.flag("keep_aspect_ratio", false)) {
            throw json.broken("do_pad", "is only served together with keep_aspect_ratio; set both to true or to false");
        }
        if (json.has("pad_size") && !fields.extent("pad_size").equals(output)) {
            throw json.broken(
                    "pad_size", "is another size than the images get, and padding is not served; set do_pad to false");
        }
    }

    private PixelValues values() {
        boolean rescale = json.flag("do_rescale", false);
        double scale = rescale ? json.number("rescale_factor") : 1;
        if (scale <= 0 || scale > 1) {
            throw json.broken("rescale_factor", "is %s; set it to more than 0 and at most 1".formatted(scale));
        }
        boolean normalize = json.flag("do_normalize", false);
        boolean twice = json.flag("include_top", false);
        float offset = rescale && json.flag("rescale_offset", false) ? 1 : 0;
        Channels mean = normalize ? fields.channels("image_mean") : Channels.all(0);
        Channels deviation = normalize || twice ? fields.channels("image_std") : Channels.all(1);
        if (Math.min(deviation.red(), Math.min(deviation.green(), deviation.blue())) < 1e-4) {
            throw json.broken("image_std", "holds a number below 0.0001; set it to three deviations above");
        }
        return new PixelValues(
                (float) scale,
                mean.plus(offset),
                normalize && twice ? deviation.squared() : deviation,
                json.flag("do_flip_channel_order", false));
    }
}
