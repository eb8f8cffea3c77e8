package dev.headroom.function.v2;

import dev.headroom.session.TensorModel;
import dev.headroom.session.WordModels;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;

/**
 * Serves a model for each type that ONNX Runtime takes from Java, under the type's name; unsigned, whose outputs are of the
 * others; a classifier; and the service's own embedder.
 */
public class ServesTensorModels implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        Path folder = Path.of("target/tensor-models").toAbsolutePath();
        try {
            for (TensorModel.Type type : EnumSet.complementOf(
                    EnumSet.of(TensorModel.Type.UINT16, TensorModel.Type.UINT32, TensorModel.Type.UINT64))) {
                TensorModel.write(folder.resolve(type.name().toLowerCase(Locale.ROOT)), type);
            }
            TensorModel.writeUnsigned(folder.resolve("unsigned"));
            WordModels.classifier(folder.resolve("classifier"), "single_label_classification");
            Path embedder = folder.resolve("all-minilm-l6-v2");
            if (!Files.exists(embedder)) {
                Files.createSymbolicLink(
                        embedder, Path.of("models/all-minilm-l6-v2").toAbsolutePath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "headroom.models",
                folder.toString(),
                "headroom.calibration",
                "off",
                "headroom.input.max-elements",
                "1000000",
                "headroom.input.body-memory",
                "100M",
                "headroom.timeout",
                "60s");
    }
}
