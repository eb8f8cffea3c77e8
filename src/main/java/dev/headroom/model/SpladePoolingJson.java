package dev.headroom.model;

import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.file.PresentFile;
import java.nio.file.Path;
import java.util.List;

/** The config.json of sentence-transformers' SpladePooling: how the scores of the vocabulary's tokens become weights. */
record SpladePoolingJson(CheckedJson json) {

    private static final List<String> KNOWN = List.of(
            "pooling_strategy", "activation_function", "embedding_dimension", "word_embedding_dimension", "chunk_size");

    private static final String REMEDY = "serve the model with the line 'task: tensors' in model.yaml";

    /** The file in this folder. */
    static SpladePoolingJson read(Path files) {
        return new SpladePoolingJson(CheckedJson.read(PresentFile.of(
                files.getParent(), files.resolve("config.json"), "it says how the model pools: download it again")));
    }

    /**
     * The step behind the greatest of each token's scores.
     *
     * @throws BrokenModelException when the file says anything that is not served
     */
    Layer.LogSaturation saturation() {
        json.checkFields(KNOWN, "is %s, which is not known; " + REMEDY);
        String strategy = json.text("pooling_strategy").orElse("max");
        if (!strategy.equals("max")) {
            throw json.broken("pooling_strategy", "is %s, and max is served; %s".formatted(strategy, REMEDY));
        }
        String activation = json.text("activation_function").orElse("relu");
        if (!List.of("relu", "log1p_relu").contains(activation)) {
            throw json.broken(
                    "activation_function",
                    "is %s, and relu and log1p_relu are served; %s".formatted(activation, REMEDY));
        }
        return new Layer.LogSaturation(activation.equals("log1p_relu"));
    }
}
