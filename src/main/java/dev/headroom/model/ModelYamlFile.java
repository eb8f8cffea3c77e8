package dev.headroom.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.CheckedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads model.yaml field by field: Jackson's binding to records takes 0.1 s of a start's processor time before it has read a
 * value.
 */
final class ModelYamlFile {

    private static final YAMLFactory YAML =
            (YAMLFactory) new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private ModelYamlFile() {}

    /**
     * The model.yaml in a folder; all fields are null where there is none.
     *
     * @throws BrokenModelException when it is not as docs/models.md describes it
     */
    static ModelYaml read(Path folder) {
        Path file = folder.resolve("model.yaml");
        YamlFields fields =
                YamlFields.of(file, Files.exists(file) ? tree(file) : JsonNodeFactory.instance.objectNode());
        ModelYaml yaml = new ModelYaml(
                fields.texts("aliases"),
                fields.text("repository"),
                fields.text("task"),
                fields.text("file"),
                fields.text("tokenizer"),
                fields.texts("inputs"),
                fields.text("output"),
                fields.whole("max_length"),
                fields.wholeLong("pad_id"),
                fields.word("padding", Padding::of),
                fields.words("pooling", Pooling::of),
                fields.flag("normalize"),
                fields.named("prompts"),
                fields.text("default_prompt"),
                fields.texts("labels"),
                fields.word("activation", Labels.Activation::of),
                fields.whole("weight"),
                fields.whole("batch"),
                fields.flag("pinned"),
                fields.text("open"),
                memory(fields.object("memory")));
        fields.checkNames();
        return yaml;
    }

    private static ModelYaml.Memory memory(YamlFields fields) {
        if (fields == null) {
            return null;
        }
        ModelYaml.Memory memory = new ModelYaml.Memory(fields.requiredText("base"), fields.requiredText("per_item"));
        fields.checkNames();
        return memory;
    }

    private static JsonNode tree(Path file) {
        try (YAMLParser parser = YAML.createParser(file.toFile())) {
            JsonNode tree = parser.nextToken() == null ? NullNode.instance : node(file, parser);
            if (tree.isNull()) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (tree.isObject()) {
                return tree;
            }
            throw new BrokenModelException("%s: model.yaml holds %s; write fields into it, such as 'task: embed'."
                    .formatted(file.getParent(), CheckedJson.shown(tree)));
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            String line =
                    e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new BrokenModelException("%s: model.yaml is no readable YAML (%s%s); correct it."
                    .formatted(file.getParent(), problem, line));
        } catch (IOException e) {
            throw new BrokenModelException("%s: model.yaml cannot be read (%s); check its permissions."
                    .formatted(file.getParent(), e.getMessage()));
        }
    }

    /** The value that begins here. Numbers and truth values stay texts as they are written: a label may be 007 or 1.10. */
    private static JsonNode node(Path file, YAMLParser parser) throws IOException {
        if (parser.isCurrentAlias()) {
            throw new BrokenModelException("%s: model.yaml has the alias *%s in line %d; write its value out there."
                    .formatted(
                            file.getParent(),
                            parser.getText(),
                            parser.currentLocation().getLineNr()));
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.set(name, node(file, parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(node(file, parser));
                }
                yield array;
            }
            case VALUE_NULL -> NullNode.instance;
            default -> TextNode.valueOf(parser.getText());
        };
    }
}
