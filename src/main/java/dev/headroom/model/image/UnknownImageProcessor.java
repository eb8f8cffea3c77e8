package dev.headroom.model.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.model.file.CheckedJson;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Image processors whose type does not say what a file leaves out: there is none, or the library does not know it. */
final class UnknownImageProcessor {

    /** The settings that say nothing about pixels. */
    private static final Set<String> BESIDE = Set.of(
            "image_processor_type",
            "feature_extractor_type",
            "processor_class",
            "auto_map",
            "data_format",
            "do_convert_rgb",
            "do_reduce_labels",
            "_valid_kwargs_names",
            "_valid_processor_keys");

    private UnknownImageProcessor() {}

    /** A file without a type: it is followed as far as it goes. */
    static ImageProcessorFile untyped(CheckedJson written) {
        ObjectNode defaults = plain(written)
                .put("do_flip_channel_order", false)
                .put("keep_aspect_ratio", false)
                .putNull("crop_pct");
        String remark =
                "%s names no image_processor_type; what it leaves out is taken as: resized to a square (bilinear), cropped if crop_size is there, multiplied by 1/255, normalised if image_mean is there. Add image_processor_type to settle it."
                        .formatted(written.file().getFileName());
        return ImageProcessorFile.over(defaults, withoutNulls(written.object()), written, "", List.of(remark));
    }

    /** A file of a type that the library does not know: it has to say everything. */
    static ImageProcessorFile ofType(CheckedJson written, String field, String type) {
        Stream<String> needed = Stream.of(
                "do_resize",
                "size",
                "resample",
                "do_rescale",
                "rescale_factor",
                "do_normalize",
                "image_mean",
                "image_std");
        Stream<String> croppings = Stream.of("do_center_crop").filter(crop -> written.has("crop_size"));
        List<String> open = Stream.concat(needed, croppings)
                .filter(name -> !written.has(name))
                .toList();
        ObjectNode plain = plain(written);
        List<String> strange = written.object().properties().stream()
                .filter(one -> !one.getValue().isNull() && !plain.has(one.getKey()) && !BESIDE.contains(one.getKey()))
                .map(one -> one.getKey())
                .toList();
        if (!open.isEmpty() || !strange.isEmpty()) {
            throw written.broken(
                    field,
                    "is %s, an unknown type, %s; %s"
                            .formatted(
                                    type,
                                    open.isEmpty()
                                            ? "and the meaning of %s is unknown".formatted(strange)
                                            : "and %s are left open".formatted(open),
                                    open.isEmpty() ? "take them out if they change nothing" : "add them"));
        }
        String remark =
                "%s names the unknown type %s; its fields are followed in the order resize, crop, rescale, normalise."
                        .formatted(written.file().getFileName(), type);
        return ImageProcessorFile.over(plain, withoutNulls(written.object()), written, type, List.of(remark));
    }

    private static ObjectNode plain(CheckedJson written) {
        return ImageProcessorTable.defaults("ViT")
                .orElseThrow()
                .deepCopy()
                .putNull("size")
                .putNull("image_mean")
                .putNull("image_std")
                .put("do_center_crop", written.has("crop_size"))
                .put("do_normalize", written.has("image_mean"));
    }

    private static JsonNode withoutNulls(JsonNode object) {
        ObjectNode kept = object.deepCopy();
        kept.properties().removeIf(one -> one.getValue().isNull());
        return kept;
    }
}
