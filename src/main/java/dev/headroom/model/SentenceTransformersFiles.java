package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.TaskSpec.Prompts;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.CheckedJson;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The files that sentence-transformers writes beside a model.
 *
 * @param folder the model's folder
 * @param files reads a file by its name; missing where there is no such file
 */
record SentenceTransformersFiles(Path folder, Function<String, JsonNode> files) {

    private static final String CONFIG = "config_sentence_transformers.json";

    /** The modules; empty where there is no modules.json. */
    Optional<SentenceModules> modules() {
        return SentenceModules.of(folder, files.apply("modules.json"));
    }

    /** The file on the reading of texts, in the folder that modules.json names for it, else in the model's. */
    Optional<TransformerJson> transformer() {
        String path = modules().map(SentenceModules::readerPath).orElse("");
        return TransformerJson.in(folder, files, Path.of(path), Path.of(""));
    }

    /**
     * The folder of the pooling's files: the one that modules.json names, or 1_Pooling where there is no modules.json.
     * Empty where the files say nothing of pooling.
     */
    Optional<Path> pooling() {
        Optional<SentenceModules> modules = modules();
        return modules.isPresent()
                ? modules.flatMap(SentenceModules::pooling)
                : Optional.of(folder.resolve("1_Pooling"))
                        .filter(pooling ->
                                pooling.resolve("config.json").toFile().isFile());
    }

    /** The first elements that are kept of a vector; empty where all are. */
    OptionalInt dimensions() {
        Optional<CheckedJson> config = config().filter(written -> written.has("truncate_dim"));
        return config.isPresent() ? OptionalInt.of(config.get().count("truncate_dim")) : OptionalInt.empty();
    }

    /**
     * Checks that the files describe a model that embeds texts.
     *
     * @throws BrokenModelException when they describe another one
     */
    void checkEmbeds() {
        check("feature-extraction", "SentenceTransformer");
    }

    /**
     * The same for a model that makes weights of tokens.
     *
     * @throws BrokenModelException when they describe another one
     */
    void checkSparse() {
        check("fill-mask", "SparseEncoder");
    }

    private void check(String task, String model) {
        transformer().ifPresent(transformer -> transformer.check(task));
        config().flatMap(config -> config.text("model_type").filter(type -> !type.equals(model)))
                .ifPresent(type -> {
                    throw new BrokenModelException(
                            "%s: %s says that the model is a %s, which is not served as such; serve it with the line 'task: tensors' in model.yaml."
                                    .formatted(folder, CONFIG, type));
                });
    }

    /** The prompts of config_sentence_transformers.json. */
    Prompts prompts() {
        Optional<CheckedJson> config = config();
        Map<String, String> byName =
                config.map(SentenceTransformersFiles::promptsByName).orElseGet(TreeMap::new);
        Optional<String> usual = config.filter(written -> written.has("default_prompt_name"))
                .map(written -> written.value("default_prompt_name").asText());
        usual.filter(name -> !byName.containsKey(name)).ifPresent(name -> {
            throw new BrokenModelException(
                    "%s: in %s the field default_prompt_name is '%s', which is none of its prompts %s; correct it, or set 'default_prompt' and 'prompts' in model.yaml."
                            .formatted(folder, CONFIG, name, byName.keySet()));
        });
        return new Prompts(byName, usual);
    }

    private static Map<String, String> promptsByName(CheckedJson config) {
        Map<String, String> byName = new TreeMap<>();
        if (!config.has("prompts")) {
            return byName;
        }
        JsonNode prompts = config.value("prompts");
        prompts.properties()
                .forEach(prompt -> byName.put(prompt.getKey(), prompt.getValue().asText("")));
        if (!prompts.isObject() || prompts.valueStream().anyMatch(prompt -> !prompt.isTextual() && !prompt.isNull())) {
            throw config.broken(
                    "prompts", "is no object of names and texts; correct it, or set 'prompts' in model.yaml");
        }
        return byName;
    }

    private Optional<CheckedJson> config() {
        return Optional.of(files.apply(CONFIG))
                .filter(JsonNode::isObject)
                .map(config -> new CheckedJson(folder.resolve(CONFIG), config));
    }
}
