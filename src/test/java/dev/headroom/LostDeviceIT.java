package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.FaultyModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process and all requests when a run on the device fails, next to a healthy model. */
@Timeout(120)
class LostDeviceIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String REASON = "CUDA failure 700: an illegal memory access was encountered";
    private static final Map<String, String> FAILURES = Map.of(
            "lost", REASON,
            "large", "Failed to allocate memory for requested buffer of size 123456",
            "corrupt", "Failed to allocate memory for requested buffer of size 4585490524328388608");

    private static final String RECREATIONS = "headroom_session_recreations_total{model=\"faulty\"";

    private static final int CALLERS = 25;
    private static final int POISONED = 5;
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration GRACE = Duration.ofSeconds(15); // before it would be ended by force

    @TempDir
    Path models;

    @BeforeEach
    void write() throws IOException {
        FaultyModel.write(models.resolve("faulty"), FAILURES);
        Files.createSymbolicLink(
                models.resolve("real"), Path.of("models/all-minilm-l6-v2").toAbsolutePath());
    }

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(
                        "headroom.models=" + models,
                        "headroom.device=cpu",
                        "headroom.calibration=off",
                        "headroom.batch.max-items=16",
                        "headroom.timeout=60s")
                .listening();
    }

    private static String request(String model, Object inputs) throws IOException {
        return JSON.writeValueAsString(Map.of("model", model, "inputs", inputs));
    }

    /** Sixteen texts, one of them with the word on which the run fails. */
    private static String sixteenWith(String word) throws IOException {
        return request(
                "faulty",
                IntStream.range(0, 16)
                        .mapToObj(i -> Map.of("id", "item-" + i, "text", "good " + (i == POISONED ? word : "word")))
                        .toList());
    }

    /** Starts good requests for both models, and waits until the device is behind with them. */
    private static List<CompletableFuture<HttpResponse<String>>> callers(ServiceProcess service) throws Exception {
        String real = request("real", Collections.nCopies(4, "river ".repeat(300)));
        String faulty = request("faulty", "good word");
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            answers.add(service.infer(real));
            answers.add(service.infer(faulty));
        }
        ServiceProcess.await(() -> service.metric("headroom_queue_items{model=\"real\"") > 0);
        return answers;
    }

    private static void assertUnavailable(HttpResponse<String> response) {
        assertEquals(503, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("Retry-After").isPresent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostDeviceIsSaidToEverybodyAndEndsTheProcess(boolean event) throws Exception {
        try (ServiceProcess service = start()) {
            List<CompletableFuture<HttpResponse<String>>> inFlight = callers(service);
            String request = request("faulty", "good lost word");
            HttpResponse<String> poisoned = (event ? service.event(request) : service.infer(request)).join();
            HttpResponse<String> live = service.get("/q/health/live");
            HttpResponse<String> ready = service.get("/q/health/ready");
            assertUnavailable(poisoned);
            assertEquals(event, poisoned.body().isEmpty());
            assertEquals(503, live.statusCode());
            assertTrue(live.body().contains(REASON), live.body());
            assertEquals(503, ready.statusCode());

            for (String model : List.of("faulty", "real")) {
                String late = request(model, "good");
                assertUnavailable(assertTimeoutPreemptively(
                        AT_ONCE, () -> service.infer(late).join()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : inFlight) {
                if (answer.join().statusCode() != 200) {
                    assertUnavailable(answer.join());
                }
            }
            service.terminate(); // the platform may want to end it just now
            assertEquals(1, assertTimeoutPreemptively(GRACE, service::exitStatus), service.log());
            service.says(REASON);
        }
    }

    @Test
    void anItemThatNeverFitsFailsAloneWhateverIsTried() throws Exception {
        try (ServiceProcess service = start()) {
            JsonNode vector = vector(service);
            for (int time = 1; time <= 2; time++) {
                assertEquals(503, statusOfThePoisoned("large", vector, service), "as long a one has fitted");
                assertTrue(service.metric("headroom_batch_splits_total{model=\"faulty\"") >= 1, "it had neighbours");
                double recreations = service.metric(RECREATIONS);
                assertTrue(recreations >= 1 && recreations <= time, "recreated " + recreations + " times");
            }
            service.terminate();
            service.exitStatus(); // the log is whole
            assertFalse(service.log().contains("ERROR"), service.log());
            assertTrue(
                    service.log().lines().anyMatch(line -> line.contains("WARN") && line.contains("item-" + POISONED)),
                    service.log());
        }
    }

    @Test
    void aCorruptSessionIsRecreatedAndTheProcessLivesOn() throws Exception {
        try (ServiceProcess service = start()) {
            JsonNode vector = vector(service);
            assertEquals(413, statusOfThePoisoned("corrupt", vector, service), "it is the item");
            assertTrue(service.metric(RECREATIONS) >= 1);
        }
    }

    /**
     * The status with which the one item fails that has this word, among fifteen good ones and the requests of other
     * callers, all of which are answered.
     *
     * @param vector the vector of "good word"
     */
    private static int statusOfThePoisoned(String word, JsonNode vector, ServiceProcess service) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> inFlight = callers(service);
        HttpResponse<String> response = service.infer(sixteenWith(word)).join();
        assertEquals(200, service.get("/q/health/live").statusCode(), service.log());
        assertEquals(200, service.get("/q/health/ready").statusCode(), service.log());
        assertEquals(200, response.statusCode(), response.body());
        JsonNode outputs = JSON.readTree(response.body()).path("outputs");
        assertEquals(16, outputs.size());
        for (JsonNode output : outputs) {
            boolean poisoned = output.path("index").asInt() == POISONED;
            assertEquals(poisoned, output.has("error"), response.body());
            assertEquals(poisoned, !vector.equals(output.path("embedding")), response.body());
        }
        assertEquals(vector, vector(service), "the next good request");
        for (CompletableFuture<HttpResponse<String>> answer : inFlight) {
            assertEquals(200, answer.join().statusCode(), answer.join().body());
        }
        return outputs.at("/" + POISONED + "/error/status").asInt();
    }

    private static JsonNode vector(ServiceProcess service) throws IOException {
        HttpResponse<String> response =
                service.infer(request("faulty", "good word")).join();
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body()).at("/outputs/0/embedding");
    }
}
