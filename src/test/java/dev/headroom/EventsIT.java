package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events to the packaged service, from another SDK's hands and where there is no room for them. */
@Timeout(180)
class EventsIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void cloudEventsSdkForJavaScriptIsUnderstoodInAllModes() throws Exception {
        Path folder = Files.createDirectories(Path.of("target/node").toAbsolutePath());
        if (!Files.exists(folder.resolve("node_modules/cloudevents"))) {
            run(
                    folder,
                    "npm",
                    "install",
                    "--no-save",
                    "--no-package-lock",
                    "--no-audit",
                    "--no-fund",
                    "cloudevents@10.0.0");
        }
        try (ServiceProcess service = ServiceProcess.start().listening()) {
            String script = Path.of("src/test/node/events.mjs").toAbsolutePath().toString();
            run(
                    folder,
                    "node",
                    script,
                    "http://localhost:" + service.port() + "/",
                    folder.resolve("events").toString());
        }
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("%s is not here; install Node.js 18 or newer to run this test.".formatted(command[0]));
            return;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @Test
    void ofABatchEachEventThatFindsNoRoomIsToldSoAndServedWhenItComesAgain() throws Exception {
        List<String> texts = Collections.nCopies(64, "word ".repeat(300));
        String batch = JSON.writeValueAsString(List.of(event("1", texts), event("2", texts), event("3", List.of())));
        try (ServiceProcess service = ServiceProcess.start("headroom.queue.max-items=64", "headroom.timeout=60s")
                .listening()) {
            CompletableFuture<HttpResponse<String>> admitted =
                    service.infer(JSON.writeValueAsString(Map.of("inputs", texts)));
            ServiceProcess.await(() -> service.metric("headroom_queue_items") > 0);
            assertEquals(List.of(429, 429, 400), statuses(service.events(batch).join()));
            assertEquals(200, admitted.join().statusCode());

            assertEquals(List.of(200, 429, 400), statuses(service.events(batch).join()), "a failure is not kept");
            assertEquals(List.of(200, 200, 400), statuses(service.events(batch).join()), "an answer is");
            String metrics = service.get("/q/metrics").body();
            assertTrue(metrics.contains("headroom_events_duplicates_total 1.0"), metrics);
        }
    }

    private static Map<String, Object> event(String id, List<String> texts) {
        return Map.of(
                "specversion", "1.0",
                "id", id,
                "source", "/tests",
                "type", "dev.headroom.infer",
                "data", Map.of("inputs", texts));
    }

    private static List<Integer> statuses(HttpResponse<String> batch) throws IOException {
        assertEquals(200, batch.statusCode());
        List<Integer> statuses = new ArrayList<>();
        for (JsonNode reply : JSON.readTree(batch.body())) {
            statuses.add(reply.path("data").path("status").asInt(200));
        }
        return statuses;
    }
}
