package dev.headroom.function;

import dev.headroom.session.WordModels;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** Serves models for each task: embedder, classifier, labels (of which several may be right) and reranker. */
public class ServesWordModels implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        Path folder = Path.of("target/word-models").toAbsolutePath();
        try {
            WordModels.embedder(folder.resolve("embedder"));
            WordModels.classifier(folder.resolve("classifier"), "single_label_classification");
            WordModels.classifier(folder.resolve("labels"), "multi_label_classification");
            WordModels.reranker(folder.resolve("reranker"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("headroom.models", folder.toString());
    }
}
