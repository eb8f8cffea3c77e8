package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged service measures a real device: ONNX Runtime's arena, capped. */
@Timeout(120)
class CalibrationIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode plan(ServiceProcess service) throws IOException, InterruptedException {
        return JSON.readTree(service.get("/plan").body());
    }

    /** Texts of 1 to 300 words, in requests of as many. */
    private static List<String> mixedRequests() throws IOException {
        List<String> requests = new ArrayList<>();
        for (int texts = 1; texts <= 64; texts += 7) {
            int many = texts;
            List<String> inputs = IntStream.range(0, texts)
                    .mapToObj(text -> "river ".repeat(1 + 37 * (text + many) % 300))
                    .toList();
            requests.add(JSON.writeValueAsString(Map.of("inputs", inputs)));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"60M", "150M", "300M", "1000M"})
    void afterCalibrationNothingRunsOutOfMemory(String limit) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.memory.limit=" + limit, "headroom.calibration=startup", "headroom.timeout=60s")
                .listening()) {
            JsonNode plan = plan(service);
            assertEquals("calibrated", plan.at("/batch/source").asText());
            assertEquals("measured", plan.at("/calibration/status").asText());
            assertTrue(plan.at("/calibration/table").size() >= 5, plan.toPrettyString());
            double predicted = plan.at("/calibration/check/predictedBytes").asDouble();
            double actual = plan.at("/calibration/check/actualBytes").asDouble();
            assertEquals(1, predicted / actual, 0.1, "predicted within a tenth of what it took");

            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (String request : mixedRequests()) {
                answers.add(service.infer(request).thenApply(response -> response.statusCode()));
            }
            answers.forEach(status -> assertEquals(200, status.join(), service.log()));
            assertEquals(0, service.metric("headroom_batch_splits_total"), service.log());
            assertTrue(service.metric("headroom_memory_peak_bytes{kind=\"actual\"")
                    <= 1.1 * service.metric("headroom_memory_peak_bytes{kind=\"predicted\""));
        }
    }

    @Test
    void theNextStartKnowsWhatThisOneMeasured(@TempDir Path state) throws Exception {
        Path folder = state.resolve("new/state");
        int batch;
        try (ServiceProcess first = ServiceProcess.start(
                        "headroom.memory.limit=150M", "headroom.calibration=startup", "headroom.state-dir=" + folder)
                .listening()) {
            batch = plan(first).at("/batch/value").asInt();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    1,
                    files.filter(file -> !file.toString().endsWith(".opening.json"))
                            .count(),
                    "one calibration, whole");
        }
        try (ServiceProcess second = ServiceProcess.start("headroom.memory.limit=150M", "headroom.state-dir=" + folder)
                .listening()) {
            JsonNode plan = plan(second);
            assertEquals("stored", plan.at("/calibration/status").asText());
            assertEquals(batch, plan.at("/batch/value").asInt());
            second.says("was read from " + folder);
        }
        try (ServiceProcess larger = ServiceProcess.start("headroom.memory.limit=300M", "headroom.state-dir=" + folder)
                .listening()) {
            assertFalse(larger.log().contains("was read from"), "another device has its own");
        }
    }

    @Test
    void aDamagedFileIsAWarningAndMeasuredAnew(@TempDir Path state) throws Exception {
        String[] options = {"headroom.memory.limit=150M", "headroom.calibration=startup", "headroom.state-dir=" + state
        };
        ServiceProcess.start(options).listening().close();
        Path file;
        try (Stream<Path> files = Files.list(state)) {
            file = files.filter(kept -> !kept.toString().endsWith(".opening.json"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(file, Files.readString(file).substring(0, 100));
        try (ServiceProcess service = ServiceProcess.start(options).listening()) {
            assertEquals("measured", plan(service).at("/calibration/status").asText());
            service.says("WARN");
            service.says("is ignored, and what it should hold is found out anew");
        }
    }

    @Test
    void aStateFolderThatCannotBeWrittenIsAWarning() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.memory.limit=150M", "headroom.calibration=startup", "headroom.state-dir=/proc")
                .listening()) {
            assertEquals("measured", plan(service).at("/calibration/status").asText());
            service.says("headroom.state-dir is /proc, which cannot be written");
        }
    }

    @Test
    void aStateFolderThatCannotBeMadeIsRefused() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.state-dir=/proc/headroom")) {
            assertEquals(1, service.exitStatus(), service.log());
            service.says("headroom.state-dir is /proc/headroom, which cannot be created");
        }
    }

    @Test
    void isReadyFirstAndMeasuresWhileNobodyCalls() throws Exception {
        try (ServiceProcess service =
                ServiceProcess.start("headroom.memory.limit=300M").listening()) {
            service.says("calibration measured");
            assertTrue(service.log().indexOf("Listening on") < service.log().indexOf("calibration measured"));
            assertEquals("calibrated", plan(service).at("/batch/source").asText());
            assertEquals(
                    plan(service).at("/batch/value").asDouble(),
                    service.metric("headroom_plan{model=\"all-minilm-l6-v2\",setting=\"batch\""),
                    "the meter shows the plan in force");
        }
    }

    @Test
    void offLeavesWhatTheFolderDeclares() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.memory.limit=300M", "headroom.calibration=off")
                .listening()) {
            JsonNode plan = plan(service);
            assertEquals("off", plan.at("/calibration/status").asText());
            assertFalse(plan.at("/batch/source").asText().equals("calibrated"));
        }
    }

    /** The first run takes all of the arena, and ONNX Runtime does not enforce a cap that later weights exceed. */
    @Test
    void theCapHoldsForSeveralModels(@TempDir Path models) throws Exception {
        Path embedded = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        Files.createSymbolicLink(models.resolve("first"), embedded);
        Files.createSymbolicLink(models.resolve("second"), embedded);
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.models=" + models,
                        "headroom.memory.limit=200M",
                        "headroom.calibration=off",
                        "headroom.batch.max-items=64",
                        "headroom.batch.max-window=1m",
                        "headroom.timeout=60s")
                .listening()) {
            List<String> texts = IntStream.range(0, 64)
                    .mapToObj(text -> "river ".repeat(300))
                    .toList();
            for (String model : List.of("first", "second")) {
                String request = JSON.writeValueAsString(Map.of("model", model, "inputs", texts));
                assertEquals(200, service.infer(request).join().statusCode(), service.log());
            }
            service.says("Out of memory: ");
            assertTrue(service.metric("headroom_memory_peak_bytes{kind=\"actual\"") <= 200 << 20);
        }
    }

    /** The arena tells only the most that all of them ever held: what the first one took hides the second one's. */
    @Test
    void severalModelsAreMeasuredAndNothingRunsOutOfMemory(@TempDir Path models) throws Exception {
        Path embedded = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        for (String name : List.of("first", "second")) {
            Path folder = Files.createDirectories(models.resolve(name));
            Files.createSymbolicLink(folder.resolve("model.onnx"), embedded.resolve("all-minilm-l6-v2.onnx"));
            Files.createSymbolicLink(
                    folder.resolve("tokenizer.json"), embedded.resolve("all-minilm-l6-v2-tokenizer.json"));
        }
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.models=" + models,
                        "headroom.memory.limit=300M",
                        "headroom.calibration=startup",
                        "headroom.timeout=60s")
                .listening()) {
            List<String> texts = IntStream.range(0, 64)
                    .mapToObj(text -> "river ".repeat(1 + text * 5))
                    .toList();
            for (String model : List.of("first", "second")) {
                String request = JSON.writeValueAsString(Map.of("model", model, "inputs", texts));
                assertEquals(200, service.infer(request).join().statusCode(), service.log());
                JsonNode plan =
                        JSON.readTree(service.get("/plan?model=" + model).body());
                assertEquals("measured", plan.at("/calibration/status").asText());
            }
            assertFalse(service.log().contains("Out of memory"), service.log());
        }
    }

    @Test
    void aLimitThatTheWeightsFillIsRefused() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.memory.limit=43M")) {
            assertEquals(1, service.exitStatus());
            service.says("headroom.memory.limit");
        }
    }
}
