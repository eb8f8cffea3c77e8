package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An image processor's settings, filled up with the defaults of its type.
 *
 * @param json the settings; null counts as none, as in the library
 * @param type the type, such as ViT; empty where the folder names none
 * @param followed the fields that the type follows
 * @param fields the fields that the file holds
 * @param remarks the sentences about settings that the folder leaves open
 */
record ImageProcessorFile(CheckedJson json, String type, Set<String> followed, JsonNode fields, List<String> remarks) {

    private static final List<String> NAMED_BY = List.of("image_processor_type", "feature_extractor_type");

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

    /**
     * Finds the settings: image_processor of processor_config.json, else preprocessor_config.json.
     *
     * @param file the preprocessor_config.json
     * @throws BrokenModelException when there are none, or their type is not served
     */
    static ImageProcessorFile read(Path file) {
        CheckedJson written = written(file);
        Optional<String> field = NAMED_BY.stream().filter(written::has).findFirst();
        if (field.isPresent()) {
            String type = ImageProcessorTable.type(written.text(field.get()).orElse(""));
            return ImageProcessorTable.refusal(type).isEmpty()
                            && ImageProcessorTable.defaults(type).isEmpty()
                    ? unknown(written, field.get(), type)
                    : known(written, field.get(), type, List.of());
        }
        return byModel(written, file.resolveSibling("config.json"));
    }

    private static CheckedJson written(Path file) {
        Path nesting = file.resolveSibling("processor_config.json");
        JsonNode nested = object(nesting).path("image_processor");
        return nested.isObject()
                ? new CheckedJson(nesting, nested)
                : CheckedJson.read(PresentFile.of(
                        file.getParent(),
                        file,
                        "put the model's there, which says how large its images are and how they are normalised"));
    }

    private static JsonNode object(Path file) {
        return Files.isRegularFile(file) ? CheckedJson.tree(file) : MissingNode.getInstance();
    }

    private static ImageProcessorFile known(CheckedJson written, String field, String type, List<String> remarks) {
        ImageProcessorTable.refusal(type).ifPresent(reason -> {
            throw written.broken(
                    field,
                    "is %s, whose processor %s, which is not served; use a model of another, or say 'task: tensors' in model.yaml"
                            .formatted(type, reason));
        });
        return over(ImageProcessorTable.defaults(type).orElseThrow(), written.object(), written, type, remarks);
    }

    private static ImageProcessorFile byModel(CheckedJson written, Path config) {
        String model = object(config).path("model_type").asText("");
        Optional<String> type = ImageProcessorTable.ofModel(model);
        if (type.isEmpty()) {
            return untyped(written);
        }
        String remark =
                "%s names no image_processor_type; taken is %sImageProcessor, the one of model_type %s in config.json."
                        .formatted(written.file().getFileName(), type.get(), model);
        return known(new CheckedJson(config, written.object()), "model_type", type.get(), List.of(remark));
    }

    /** A file without a type: it is followed as far as it goes. */
    private static ImageProcessorFile untyped(CheckedJson written) {
        ObjectNode defaults = plain(written)
                .put("do_flip_channel_order", false)
                .put("keep_aspect_ratio", false)
                .putNull("crop_pct");
        String remark =
                "%s names no image_processor_type; what it leaves out is taken as: resized to a square (bilinear), cropped if crop_size is there, multiplied by 1/255, normalised if image_mean is there. Add image_processor_type to settle it."
                        .formatted(written.file().getFileName());
        return over(defaults, withoutNulls(written.object()), written, "", List.of(remark));
    }

    /** A file of a type that the library does not know: it has to say everything. */
    private static ImageProcessorFile unknown(CheckedJson written, String field, String type) {
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
        return over(plain, withoutNulls(written.object()), written, type, List.of(remark));
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

    private static ImageProcessorFile over(
            ObjectNode defaults, JsonNode fields, CheckedJson written, String type, List<String> remarks) {
        ObjectNode whole = defaults.deepCopy();
        whole.setAll((ObjectNode) fields);
        Set<String> followed =
                Set.copyOf(defaults.propertyStream().map(one -> one.getKey()).toList());
        return new ImageProcessorFile(new CheckedJson(written.file(), whole), type, followed, fields, remarks);
    }

    /** True if the file itself sets the field. */
    boolean written(String field) {
        return fields.has(field);
    }
}
