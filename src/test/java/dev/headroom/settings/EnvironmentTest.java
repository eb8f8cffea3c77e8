package dev.headroom.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

    private static final Environment MADE = new Environment(Map.of("HEADROOM_DEVICE", "cpu", "LANG", "C"));

    @TempDir
    private Path folder;

    @Test
    void aFileHasAVariableBeforeEachZeroByte() throws IOException {
        Path file = folder.resolve("environ");
        Files.writeString(file, "A=1\0B=x=y\nz\0EMPTY=\0NAME=\u00fc\0=odd\0A=2\0", StandardCharsets.UTF_8);
        Environment read = Environment.read(file);
        assertEquals(
                Map.of("A", "1", "B", "x=y\nz", "EMPTY", "", "NAME", "\u00c3\u00bc"),
                read.variables(),
                "getenv finds the first");
    }

    @Test
    void aValueThatIsNewGoneOrAnotherDiffers() {
        Environment here = new Environment(Map.of("HEADROOM_DEVICE", "gpu", "QUARKUS_HTTP_PORT", "9000"));
        assertEquals(List.of("HEADROOM_DEVICE", "LANG", "QUARKUS_HTTP_PORT"), here.differences(MADE));
        assertEquals(List.of("HEADROOM_DEVICE", "LANG", "QUARKUS_HTTP_PORT"), MADE.differences(here));
        assertEquals(List.of(), MADE.differences(MADE));
    }

    @Test
    void thePlatformsOwnVariablesDoNotDiffer() {
        Environment here = new Environment(Map.ofEntries(
                Map.entry("HEADROOM_DEVICE", "cpu"),
                Map.entry("LANG", "C"),
                Map.entry("HOSTNAME", "pod-1"),
                Map.entry("K_REVISION", "headroom-00002"),
                Map.entry("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                Map.entry("HEADROOM_PORT", "tcp://10.0.0.7:80"),
                Map.entry("HEADROOM_PORT_80_TCP_ADDR", "10.0.0.7"),
                Map.entry("NVIDIA_VISIBLE_DEVICES", "GPU-8932f937"),
                Map.entry("CUDA_VISIBLE_DEVICES", "1")));
        assertEquals(List.of(), here.differences(MADE));
        assertEquals(Optional.of("1"), here.value("CUDA_VISIBLE_DEVICES"));
    }

    @Test
    void aPortOfOursDiffers() {
        Environment here =
                new Environment(Map.of("HEADROOM_DEVICE", "cpu", "LANG", "C", "HEADROOM_MANAGEMENT_PORT", "9000"));
        assertEquals(List.of("HEADROOM_MANAGEMENT_PORT"), here.differences(MADE));
    }

    @ParameterizedTest
    @CsvSource({
        "HEADROOM_AUTH_API_KEYS, k",
        "HEADROOM_AUTH_API_KEYS_0_, k",
        "headroom.auth.api-keys, k",
        "headroom.auth.api-keys[1], k",
        "HF_TOKEN, t",
        "OTEL_EXPORTER_OTLP_HEADERS, api-key=x",
        "RABBITMQ_PASSWORD, p",
        "HTTPS_PROXY, http://user:pass@proxy:3128"
    })
    void aSecretIsKnownByItsNameOrItsAddress(String name, String value) {
        assertTrue(Environment.isSecret(name, value));
    }

    @ParameterizedTest
    @CsvSource({
        "HEADROOM_AUTH_API_KEYS_FILE, /keys",
        "HF_TOKEN_PATH, /token",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN, 1",
        "HF_TOKEN, ''",
        "HF_ENDPOINT, http://hub:8080/a@b",
        "HEADROOM_MODELS, org/model@main"
    })
    void othersAreNoSecrets(String name, String value) {
        assertFalse(Environment.isSecret(name, value));
    }
}
