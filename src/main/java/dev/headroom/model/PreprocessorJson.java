package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.PreprocessorConfig.Channels;
import dev.headroom.model.PreprocessorConfig.Extent;
import dev.headroom.model.PreprocessorConfig.PixelValues;
import dev.headroom.model.PreprocessorConfig.Resize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads preprocessor_config.json like the image processors of Hugging Face's transformers. */
final class PreprocessorJson {

    /** From this edge on ConvNext scales without cropping. */
    private static final int CONVNEXT_UNCROPPED = 384;

    private static final double CONVNEXT_CROP = 224.0 / 256;

    /** Processors that take a size of one number as the length of the shorter edge. */
    private static final List<String> BY_SHORTEST_EDGE = List.of(
            "CLIP", "ChineseCLIP", "Bit", "ConvNext", "MobileNet", "MobileViT", "PoolFormer", "VideoMAE", "Vivit");

    private static final List<String> BICUBIC =
            List.of("CLIP", "ChineseCLIP", "Bit", "Deit", "DeiT", "Beit", "BEiT", "Siglip", "PoolFormer");

    /** Steps that are not served: a model that was trained with them would answer wrongly without them. */
    private static final List<String> OTHER_STEPS =
            List.of("do_thumbnail", "do_align_long_axis", "do_crop_margin", "do_image_splitting", "rescale_offset");

    private final CheckedJson json;
    private final String type;

    /** Reads the file. */
    PreprocessorJson(Path file) {
        json = CheckedJson.read(file);
        type = Stream.of("image_processor_type", "feature_extractor_type")
                .map(json::text)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse("");
    }

    PreprocessorConfig config() {
        refuseOtherSteps();
        Optional<Resize> resize = json.flag("do_resize", true) ? Optional.of(resize()) : Optional.empty();
        Optional<Extent> crop = crop(resize);
        if (crop.isEmpty()
                && resize.filter(kind -> !(kind instanceof Resize.ShortestEdge)).isEmpty()) {
            throw json.broken(
                    "do_center_crop",
                    "is off and size fixes one edge at most, so that images would have different sizes; set do_center_crop"
                            + " and crop_size, or size to a height and a width");
        }
        if (crop.isPresent() && json.flag("keep_aspect_ratio", false)) {
            throw json.broken(
                    "do_center_crop", "is not served together with keep_aspect_ratio; set one of them to false");
        }
        return new PreprocessorConfig(scaled(resize), resampling(), crop, values());
    }

    private void refuseOtherSteps() {
        if (type.startsWith("Levit")) {
            throw json.broken("image_processor_type", "is " + type + ", whose way to resize is not served");
        }
        for (String step : OTHER_STEPS) {
            if (json.flag(step, false)) {
                throw json.broken(step, "is true, and this step is not served; use a model that does without");
            }
        }
        if (json.flag("do_pad", false) != json.flag("keep_aspect_ratio", false)) {
            throw json.broken("do_pad", "is only served together with keep_aspect_ratio; set both to true or to false");
        }
    }

    private Resize resize() {
        JsonNode size = json.value("size");
        boolean one = size.isNumber();
        if (size.has("longest_edge")) {
            throw json.broken(
                    "size", "holds longest_edge, which is not served; give height and width, or shortest_edge");
        }
        if (size.has("shortest_edge") || one && named(BY_SHORTEST_EDGE)) {
            return new Resize.ShortestEdge(json.edge("size", one ? size : size.get("shortest_edge")));
        }
        Extent exact = json.extent("size");
        return json.flag("keep_aspect_ratio", false) ? new Resize.Line(exact) : new Resize.Exact(exact);
    }

    private Optional<Extent> crop(Optional<Resize> resize) {
        if (resize.isPresent() && resize.get() instanceof Resize.ShortestEdge edge && cropsByShare()) {
            return Optional.of(new Extent(edge.pixels(), edge.pixels()));
        }
        boolean asked = json.flag("do_center_crop", json.has("crop_size") && !type.startsWith("ViT"));
        return asked ? Optional.of(json.extent("crop_size")) : Optional.empty();
    }

    /** The scaling; ConvNext's processor scales to a larger size than it keeps. */
    private Optional<Resize> scaled(Optional<Resize> resize) {
        return resize.map(kind -> switch (kind) {
            case Resize.ShortestEdge edge
            when cropsByShare() ->
                edge.pixels() < CONVNEXT_UNCROPPED
                        ? new Resize.ShortestEdge((int) (edge.pixels() / cropShare()))
                        : new Resize.Exact(new Extent(edge.pixels(), edge.pixels()));
            default -> kind;
        });
    }

    private boolean cropsByShare() {
        return type.startsWith("ConvNext") || json.has("crop_pct");
    }

    private double cropShare() {
        double share = json.number("crop_pct", CONVNEXT_CROP);
        if (share < 0.1 || share > 1) {
            throw json.broken("crop_pct", "is %s; set it to a share from 0.1 to 1".formatted(share));
        }
        return share;
    }

    private Resampling resampling() {
        double code = json.number("resample", (named(BICUBIC) ? Resampling.BICUBIC : Resampling.BILINEAR).ordinal());
        if (code != (int) code || code < 0 || code >= Resampling.values().length) {
            throw json.broken("resample", "is %s; set it to one of Pillow's filters, 0 to 5".formatted(code));
        }
        return Resampling.values()[(int) code];
    }

    private PixelValues values() {
        double scale = json.flag("do_rescale", true) ? json.number("rescale_factor", 1 / 255.0) : 1;
        if (scale <= 0 || scale > 1) {
            throw json.broken("rescale_factor", "is %s; set it to more than 0 and at most 1".formatted(scale));
        }
        boolean normalize = json.flag("do_normalize", json.has("image_mean"));
        Channels mean = normalize ? json.channels("image_mean") : new Channels(0, 0, 0);
        Channels deviation = normalize ? json.channels("image_std") : new Channels(1, 1, 1);
        if (Math.min(deviation.red(), Math.min(deviation.green(), deviation.blue())) < 1e-4) {
            throw json.broken("image_std", "holds a number below 0.0001; set it to three deviations above");
        }
        return new PixelValues((float) scale, mean, deviation, json.flag("do_flip_channel_order", false));
    }

    private boolean named(List<String> beginnings) {
        return beginnings.stream().anyMatch(type::startsWith);
    }
}
