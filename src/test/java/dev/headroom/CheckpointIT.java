package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The service restored from a checkpoint of its image, by CRIU itself. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckpointIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final long GIB = 1L << 30;

    private static final Path STATE = Path.of("target/checkpoint-state").toAbsolutePath();

    private static final String KEY = "a-key-of-the-place-of-the-restored-process";

    private static final String RESTORED = "checkpoint restored";

    /** Not in /tmp, of which each container has its own. */
    private static final Path KEYS = Path.of("target/checkpoint-keys").toAbsolutePath();

    private CheckpointContainer container;
    private Optional<Path> three;

    @BeforeAll
    void make() throws Exception {
        Assumptions.assumeTrue(CheckpointContainer.permitted(), "CRIU cannot restore a process here");
        Files.deleteIfExists(KEYS);
        deleteState();
        three = CheckpointContainer.group("headroom-it-three", 3 * GIB);
        container = CheckpointContainer.of(
                "checkpoint-image",
                Map.of(
                        "QUARKUS_HTTP_PORT",
                        "0",
                        "HEADROOM_CALIBRATION",
                        "off",
                        "HEADROOM_AUTH_API_KEYS_FILE",
                        KEYS.toString(),
                        "HEADROOM_STATE_DIR",
                        STATE.toString()));
        try (ServiceProcess made = container.make(three, Map.of())) {
            assertEquals(0, made.exitStatus(), made.log());
            made.says("The checkpoint in " + container.folder());
        }
        assertFalse(Files.exists(KEYS), "no key is there yet");
        assertFalse(Files.exists(STATE), "the rehearsal keeps nothing");
        Files.writeString(KEYS, KEY);
    }

    @AfterAll
    void end() throws Exception {
        if (three != null && three.isPresent()) {
            Files.delete(three.get());
        }
        deleteState();
    }

    private static void deleteState() throws IOException {
        if (Files.exists(STATE)) {
            try (Stream<Path> files = Files.walk(STATE)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    @Test
    void twoProcessesFromOneCheckpointPlanForTheirOwnDevicesAndAnswer() throws Exception {
        try (ServiceProcess small = container.serve(three, Map.of()).listening();
                ServiceProcess large =
                        container.serve(Optional.empty(), Map.of()).listening()) {
            for (ServiceProcess restored : new ServiceProcess[] {small, large}) {
                assertTrue(restored.logged(RESTORED).join().contains("Awake in"), restored.log());
                assertEmbeds(restored);
                double uptime = Double.parseDouble(metric(restored, "process_uptime_seconds"));
                assertTrue(uptime > 0 && uptime < 180, "since it was restored: " + uptime);
            }
            assertEquals(
                    401, infer(small, "another-key-than-that-in-the-file", "x").statusCode());
            Assumptions.assumeTrue(three.isPresent(), "no control group of memory can be made here");
            small.says("cgroup v");
            small.says(" limit 3.0 GiB");
            assertTrue(plannedBytes(small) < plannedBytes(large), "each is planned by its own memory");
            kill(small);
        }
    }

    @Test
    void aRestoredProcessEndsAtSigterm() throws Exception {
        try (ServiceProcess restored =
                container.serve(Optional.empty(), Map.of()).listening()) {
            serving(restored).destroy();
            assertEquals(0, restored.exitStatus(), restored.log());
            restored.says(RESTORED);
        }
    }

    @Test
    void sigtermWhileItIsRestoredEndsIt() throws Exception {
        try (ServiceProcess restored = container.serve(Optional.empty(), Map.of())) {
            while (!isRestoring(restored)) {
                Thread.onSpinWait();
            }
            serving(restored).destroy();
            assertEquals(0, restored.exitStatus(), restored.log());
            assertFalse(restored.log().contains("Starts anew"), restored.log());
            assertFalse(restored.log().contains("Listening on"), restored.log());
        }
    }

    private static boolean isRestoring(ServiceProcess container) {
        return ProcessHandle.of(container.pid())
                .orElseThrow()
                .descendants()
                .anyMatch(process -> process.info().command().orElse("").endsWith("/criu"));
    }

    @Test
    void theStatusOfARestoredProcessThatIsKilledIsTold() throws Exception {
        try (ServiceProcess restored =
                container.serve(Optional.empty(), Map.of()).listening()) {
            serving(restored).children().forEach(ProcessHandle::destroyForcibly);
            assertEquals(128 + 9, restored.exitStatus(), restored.log());
        }
    }

    @Test
    void otherSettingsStartAnew() throws Exception {
        try (ServiceProcess anew = container
                .serve(Optional.empty(), Map.of("HEADROOM_PAGE", "off"))
                .listening()) {
            anew.says("other settings are in the environment (HEADROOM_PAGE)");
            assertFalse(anew.log().contains(RESTORED), anew.log());
            assertEmbeds(anew);
        }
    }

    @Test
    void lessMemoryStartsAnew() throws Exception {
        Optional<Path> two = CheckpointContainer.group("headroom-it-two", 2 * GIB);
        Assumptions.assumeTrue(two.isPresent() && three.isPresent(), "no control group of memory can be made here");
        try (ServiceProcess anew = container.serve(two, Map.of()).listening()) {
            anew.says("2.0 GiB of memory are here and were 3.0 GiB there");
            assertFalse(anew.log().contains(RESTORED), anew.log());
            kill(anew);
        } finally {
            Files.delete(two.get());
        }
    }

    @Test
    void aBrokenCheckpointStartsAnew() throws Exception {
        CheckpointContainer broken = CheckpointContainer.of("broken-checkpoint-image", container.environment());
        Files.createDirectory(broken.folder().resolve("checkpoint"));
        Files.writeString(broken.folder().resolve("checkpoint/inventory.img"), "no image of CRIU");
        try (ServiceProcess anew = broken.serve(Optional.empty(), Map.of()).listening()) {
            anew.says("Starts anew: CRIU could not restore the checkpoint");
            assertEmbeds(anew);
        }
    }

    @Test
    void aSecretIsNotKeptInACheckpoint() throws Exception {
        CheckpointContainer other = CheckpointContainer.of("secret-checkpoint-image", container.environment());
        assertRefused(other, Map.of("HF_TOKEN", "hf_secret"), "HF_TOKEN");
        Path settings = Files.createDirectory(other.folder().resolve("config")).resolve("application.properties");
        Files.writeString(settings, "headroom.auth.api-keys=" + KEY);
        assertRefused(other, Map.of(), "headroom.auth.api-keys");
    }

    private static void assertRefused(CheckpointContainer container, Map<String, String> variables, String name)
            throws Exception {
        try (ServiceProcess refused = container.make(Optional.empty(), variables)) {
            assertNotEquals(0, refused.exitStatus());
            refused.says(name + " is set, and a checkpoint would hold its secret");
            assertFalse(Files.exists(container.folder().resolve("checkpoint/inventory.img")));
        }
    }

    @Test
    void otherSettingsInAFileStartAnew() throws Exception {
        Path settings =
                Files.createDirectories(container.folder().resolve("config")).resolve("application.properties");
        Files.writeString(settings, "headroom.page=off");
        try (ServiceProcess anew = container.serve(Optional.empty(), Map.of()).listening()) {
            anew.says("other settings are in a file");
            assertEquals(404, send(anew, "/", KEY, Optional.empty()).statusCode());
        } finally {
            Files.delete(settings);
        }
    }

    /** The process of {@code serve}, the first of the container. */
    private static ProcessHandle serving(ServiceProcess container) {
        return ProcessHandle.of(container.pid())
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow();
    }

    /** Ends all of a container, whose control group is free then. */
    private static void kill(ServiceProcess container) throws Exception {
        ProcessHandle serving = serving(container);
        container.kill();
        serving.onExit().join();
    }

    private static void assertEmbeds(ServiceProcess service) throws Exception {
        Reference reference = References.all().getFirst();
        HttpResponse<String> answer = infer(service, KEY, reference.text());
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode output = JSON.readTree(answer.body()).at("/outputs/0/embedding");
        assertTrue(References.cosine(JSON.convertValue(output, float[].class), reference.vector()) >= 0.999);
    }

    private static HttpResponse<String> infer(ServiceProcess service, String key, String text) throws Exception {
        return send(service, "/infer", key, Optional.of(JSON.writeValueAsString(Map.of("inputs", text))));
    }

    private static long plannedBytes(ServiceProcess service) throws Exception {
        String plan = send(service, "/plan", KEY, Optional.empty()).body();
        return JSON.readTree(plan).at("/memory/value").longValue();
    }

    private static String metric(ServiceProcess service, String series) throws Exception {
        return send(service, "/q/metrics", KEY, Optional.empty())
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> send(ServiceProcess service, String path, String key, Optional<String> body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                .header("X-API-Key", key)
                .header("Content-Type", "application/json");
        body.ifPresent(text -> request.POST(BodyPublishers.ofString(text)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }
}
