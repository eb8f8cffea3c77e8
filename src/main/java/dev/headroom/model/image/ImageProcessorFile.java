package dev.headroom.model.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.file.PresentFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
                    ? UnknownImageProcessor.ofType(written, field.get(), type)
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
            return UnknownImageProcessor.untyped(written);
        }
        String remark =
                "%s names no image_processor_type; taken is %sImageProcessor, the one of model_type %s in config.json."
                        .formatted(written.file().getFileName(), type.get(), model);
        return known(new CheckedJson(config, written.object()), "model_type", type.get(), List.of(remark));
    }

    /** The settings of the file over the defaults of the type. */
    static ImageProcessorFile over(
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
