package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.TaskSpec.Prompts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The files that sentence-transformers writes beside a model.
 *
 * @param folder the model's folder
 * @param files reads a file by its name; missing where there is no such file
 */
record SentenceTransformersFiles(Path folder, Function<String, JsonNode> files) {

    /** The flags of 1_Pooling/config.json, of which one is true. */
    private static final Map<String, Pooling> POOLING_MODES = Map.of(
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_lasttoken", Pooling.LAST_TOKEN);

    /** The longest text in tokens; 0 where no file says so. */
    double maxLength() {
        return read("sentence_bert_config.json").path("max_seq_length").asDouble();
    }

    /** The pooling that 1_Pooling/config.json names; empty when there is no such file. */
    Optional<Pooling> pooling() {
        JsonNode config = read("1_Pooling/config.json");
        if (config.isMissingNode()) {
            return Optional.empty();
        }
        List<Pooling> named = POOLING_MODES.entrySet().stream()
                .filter(mode -> config.path(mode.getKey()).asBoolean())
                .map(Map.Entry::getValue)
                .toList();
        if (named.size() == 1) {
            return Optional.of(named.getFirst());
        }
        throw new BrokenModelException(
                "%s: 1_Pooling/config.json does not name exactly one of %s; add a model.yaml with 'task: embed' and 'pooling: mean', 'cls' or 'last_token'."
                        .formatted(folder, new TreeSet<>(POOLING_MODES.keySet())));
    }

    /** The prompts of config_sentence_transformers.json. */
    Prompts prompts() {
        JsonNode config = read("config_sentence_transformers.json");
        Map<String, String> byName = new TreeMap<>();
        config.path("prompts")
                .properties()
                .forEach(prompt -> byName.put(prompt.getKey(), prompt.getValue().asText()));
        return new Prompts(
                byName,
                Optional.of(config.path("default_prompt_name").asText("")).filter(byName::containsKey));
    }

    /** True if modules.json has a Normalize module, or is missing. */
    boolean normalize() {
        JsonNode modules = read("modules.json");
        return modules.isMissingNode() || modules.toString().contains("Normalize");
    }

    private JsonNode read(String file) {
        return files.apply(file);
    }
}
