package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.hub.CacheFolder;
import dev.headroom.hub.StandInHub;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service starts with the name of a model on a Hub, which stands in for the real one. */
@Timeout(180)
class NamedModelIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StandInHub hub = new StandInHub();

    @TempDir
    Path home;

    @AfterEach
    void close() {
        hub.close();
    }

    private ProcessBuilder java(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(options);
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put("HF_ENDPOINT", hub.address());
        process.environment().put("HF_HOME", home.toString());
        process.environment().remove("HF_TOKEN");
        return process;
    }

    private ServiceProcess serve(String models) throws IOException {
        return ServiceProcess.started(java(List.of(
                "-Dquarkus.http.port=0",
                "-Dheadroom.device=cpu",
                "-Dheadroom.calibration=off",
                "-Dheadroom.models=" + models)));
    }

    @Test
    void servesAModelByItsNameAndLaterFromTheCacheAlone() throws Exception {
        String commit = CacheFolder.add(hub).commit();
        try (ServiceProcess service = serve(CacheFolder.NAME).listening()) {
            assertAnswers(service);
            JsonNode plan = JSON.readTree(service.get("/plan").body());
            assertEquals(commit, plan.at("/hub/commit").asText());
            assertEquals("onnx/model.onnx", plan.at("/hub/graphs/0/file").asText());
            assertEquals(
                    commit,
                    JSON.readTree(service.get("/info").body()).path("model_sha").asText());
            assertTrue(service.metric("headroom_start_seconds{phase=\"download\"") > 0);
            service.says("models downloaded");
        }
        hub.close();
        try (ServiceProcess service = serve(CacheFolder.NAME + "@" + commit).listening()) {
            assertAnswers(service);
            assertFalse(service.log().contains("The Hub was not asked"), service.log());
        }
    }

    private static void assertAnswers(ServiceProcess service) throws Exception {
        HttpResponse<String> answer = service.infer(
                        "{\"model\": \"acme/tiny-sentences\", \"inputs\": \"a river runs\"}")
                .join();
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(16, JSON.readTree(answer.body()).at("/outputs/0/embedding").size());
    }

    @Test
    void aNameThatCannotBeHadEndsTheStartWithOneSentence() throws Exception {
        try (ServiceProcess service = serve("acme/none")) {
            assertEquals(1, service.exitStatus());
            assertEquals(
                    "acme/none: 127.0.0.1 answered 401 (Invalid username or password): there is no such repository (nor a folder of that name here), or it is private; correct the name, or set HF_TOKEN to a token that may read it.",
                    service.log().lines().reduce((first, last) -> last).orElseThrow());
        }
    }

    @Test
    void pullPrintsTheFolderAndNothingElseThere() throws Exception {
        CacheFolder.add(hub);
        Process pull = java(List.of(), "pull", CacheFolder.NAME)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(pull.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(pull.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, pull.exitValue());
        assertTrue(out.strip().startsWith(home + "/hub/models--acme--tiny-sentences/snapshots/"), out);
        assertEquals(1, out.lines().count());
        Process none =
                java(List.of(), "pull", "acme/none").redirectErrorStream(true).start();
        String said = new String(none.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(none.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, none.exitValue());
        assertTrue(said.startsWith("acme/none: "), said);
    }
}
