package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.file.PresentFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The config.json of sentence-transformers' Pooling, of either schema: a flag for each way of pooling, or since version
 * 5.4 the field {@code pooling_mode}, a name or a list of names.
 */
record PoolingJson(CheckedJson json) {

    private static final String MODE = "pooling_mode";
    private static final String REMEDY =
            "set it to one of %s, or say how to pool with the line 'pooling: mean' in model.yaml"
                    .formatted(Arrays.stream(Pooling.values())
                            .map(pooling -> pooling.mode)
                            .toList());

    private static final List<String> KNOWN = Stream.concat(
                    Stream.of(MODE, "embedding_dimension", "word_embedding_dimension", "include_prompt"),
                    Arrays.stream(Pooling.values()).map(pooling -> pooling.flag))
            .toList();

    /** The file in this folder. */
    static PoolingJson read(Path files) {
        return new PoolingJson(CheckedJson.read(PresentFile.of(
                files.getParent(), files.resolve("config.json"), "it says how the model pools: download it again")));
    }

    /**
     * The ways of pooling, in the order in which their vectors are concatenated.
     *
     * @throws BrokenModelException when there is one that is not known
     */
    List<Pooling> poolings() {
        json.checkFields(
                KNOWN, "is %s, which is not known; say how to pool with the line 'pooling: mean' in model.yaml");
        if (!json.has(MODE)) {
            List<Pooling> flagged = Arrays.stream(Pooling.values())
                    .filter(pooling -> json.flag(pooling.flag, false))
                    .toList();
            return flagged.isEmpty() ? List.of(Pooling.MEAN) : flagged; // as the library does
        }
        JsonNode modes = json.value(MODE);
        List<Pooling> named = new ArrayList<>();
        for (JsonNode mode : modes.isArray() ? modes : List.of(modes)) {
            named.add(Pooling.ofMode(mode.asText())
                    .orElseThrow(() -> json.broken(MODE, "is %s, which is not served; %s".formatted(mode, REMEDY))));
        }
        if (named.isEmpty()) {
            throw json.broken(MODE, "is empty; " + REMEDY);
        }
        return List.copyOf(named);
    }

    /** False if the tokens of a prompt are not pooled. */
    boolean includesPrompt() {
        return json.flag("include_prompt", true);
    }
}
