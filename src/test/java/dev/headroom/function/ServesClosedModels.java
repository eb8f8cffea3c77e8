package dev.headroom.function;

import dev.headroom.session.TensorModel;
import dev.headroom.session.WordModels;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Serves models none of which is open at the start: each test of a first request has one of its own. */
public class ServesClosedModels implements QuarkusTestProfile {

    static final Path FOLDER = Path.of("target/closed-models").toAbsolutePath();

    @Override
    public Map<String, String> getConfigOverrides() {
        try {
            for (String name : List.of("json", "bytes", "grpc", "shown", "grpc-shown", "wrong", "broken")) {
                TensorModel.write(FOLDER.resolve(name), TensorModel.Type.FLOAT);
            }
            for (String name : List.of("tokenize", "decode")) {
                WordModels.embedder(FOLDER.resolve(name));
            }
            try (var folders = Files.list(FOLDER)) {
                for (Path folder : folders.toList()) {
                    Files.writeString(folder.resolve("model.yaml"), "open: on-demand\n");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("headroom.models", FOLDER.toString(), "headroom.calibration", "off");
    }
}
