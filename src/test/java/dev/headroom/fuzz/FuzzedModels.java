package dev.headroom.fuzz;

import dev.headroom.session.TensorModel;
import dev.headroom.session.WordModels;
import dev.headroom.task.image.TextLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Models for every door: a real one of texts, a real one of images, and small ones of words and tensors. */
final class FuzzedModels {

    private static final Map<String, TensorModel.Type> TYPES = Map.of(
            "FP32", TensorModel.Type.FLOAT,
            "INT64", TensorModel.Type.INT64,
            "INT8", TensorModel.Type.INT8,
            "BYTES", TensorModel.Type.STRING,
            "BOOL", TensorModel.Type.BOOL,
            "FP16", TensorModel.Type.FLOAT16,
            "UINT8", TensorModel.Type.UINT8);

    private FuzzedModels() {}

    static void write(Path folder) throws IOException {
        Files.createSymbolicLink(
                folder.resolve("minilm"), Path.of("models/all-minilm-l6-v2").toAbsolutePath());
        WordModels.embedder(Files.createDirectories(folder.resolve("embedder")));
        WordModels.classifier(Files.createDirectories(folder.resolve("classifier")), "single_label_classification");
        WordModels.classifier(Files.createDirectories(folder.resolve("labels")), "multi_label_classification");
        WordModels.reranker(Files.createDirectories(folder.resolve("reranker")));
        TextLines.writeModel(folder.resolve("direction"));
        for (String type : Tensors.TYPES) {
            TensorModel.write(folder.resolve(Tensors.model(type)), TYPES.get(type));
        }
    }
}
