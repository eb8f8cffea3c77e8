package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the packaged process: memory that runs out, starts that are refused. */
@Timeout(120)
class PackagedServiceIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static String inputs(List<String> texts) throws IOException {
        return JSON.writeValueAsString(Map.of("inputs", texts));
    }

    @Test
    void aRealOutOfMemoryIsHalvedLearnedAndAnswered() throws Exception {
        Reference longest = References.all().getLast();
        String request = inputs(Collections.nCopies(64, longest.text()));
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.memory.limit=300M",
                        "headroom.batch.max-items=64",
                        "headroom.batch.max-window=1m", // else the first batches take what is prepared by then
                        "headroom.timeout=60s")
                .listening()) {
            JsonNode outputs =
                    JSON.readTree(service.infer(request).join().body()).path("outputs");
            assertEquals(64, outputs.size(), service.log());
            for (JsonNode output : outputs) {
                float[] vector = JSON.convertValue(output.path("embedding"), float[].class);
                assertTrue(References.cosine(vector, longest.vector()) >= 0.999, output.toString());
            }
            assertTrue(service.metric("headroom_batch_retries_total") >= 1, service.log());
            service.says("Out of memory: ");

            assertTrue(service.metric("headroom_batch_limit_elements") < 64 * 256, "below batch x the longest item");
            assertEquals(200, service.infer(request).join().statusCode());
        }
    }

    @Test
    void aFullQueueIs429AndRecovers() throws Exception {
        String request = inputs(Collections.nCopies(64, "word ".repeat(300)));
        try (ServiceProcess service = ServiceProcess.start("headroom.queue.max-items=64", "headroom.timeout=60s")
                .listening()) {
            CompletableFuture<HttpResponse<String>> admitted = service.infer(request);
            ServiceProcess.await(() -> service.metric("headroom_queue_items") > 0);
            HttpResponse<String> refused = service.infer(request).join();
            assertEquals(429, refused.statusCode());
            assertTrue(
                    Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()) >= 1);
            assertEquals(200, admitted.join().statusCode());
            assertEquals(200, service.infer(inputs(List.of("later"))).join().statusCode());
        }
    }

    @Test
    void callersThatHangUpLeaveNoWorkBehind() throws Exception {
        String request = inputs(Collections.nCopies(1000, "word ".repeat(300)));
        try (ServiceProcess service =
                ServiceProcess.start("headroom.timeout=60s").listening()) {
            for (int caller = 0; caller < 10; caller++) {
                service.inferAndHangUp(request);
            }
            ServiceProcess.await(() -> service.get("/q/metrics").body().contains("status=\"499\""));
            String all = inputs(Collections.nCopies(1024, "a"));
            ServiceProcess.await(() -> service.infer(all).join().statusCode() == 200);
            assertTrue(service.metric("headroom_batch_items_sum") < 1024 + 1000, "abandoned items did not run");
        }
    }

    @Test
    void nothingIsReportedToAnybodyOrWrittenHome() throws Exception {
        try (ServiceProcess service = ServiceProcess.start().listening()) {
            assertEquals(200, service.infer(inputs(List.of("a"))).join().statusCode());
            assertFalse(Files.exists(ServiceProcess.HOME), "ONNX Runtime's telemetry keeps a device id there");
        }
    }

    @Test
    void whatIsNotAnsweredInTimeIs504() throws Exception {
        try (ServiceProcess service =
                ServiceProcess.start("headroom.timeout=1ms").listening()) {
            HttpResponse<String> late =
                    service.infer(inputs(List.of("word ".repeat(300)))).join();
            assertEquals(504, late.statusCode());
            assertEquals(
                    "application/problem+json",
                    late.headers().firstValue("Content-Type").orElse(""));
        }
    }

    @Test
    void severalModelsAreServedByName(@TempDir Path models) throws Exception {
        Path embedded = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        Files.createSymbolicLink(models.resolve("first"), embedded);
        Files.createSymbolicLink(models.resolve("second ü"), embedded);
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            HttpResponse<String> unnamed = service.infer(inputs(List.of("a"))).join();
            assertEquals(400, unnamed.statusCode());
            assertTrue(unnamed.body().contains("set it to one of [first, second ü]"), unnamed.body());
            for (String name : List.of("first", "second ü")) {
                String request = JSON.writeValueAsString(Map.of("model", name, "inputs", "a"));
                assertEquals(200, service.infer(request).join().statusCode());
            }
            assertTrue(service.get("/plan?model=second%20%C3%BC").body().contains("second ü"));
        }
    }

    @Test
    void aBrokenFolderStopsTheStartWithOneSentence(@TempDir Path models) throws Exception {
        Path folder = Files.createDirectories(models.resolve("mine"));
        try (ServiceProcess service = ServiceProcess.start("headroom.models=" + models)) {
            assertEquals(1, service.exitStatus());
            assertEquals(
                    folder + ": there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this"
                            + " folder, or name its file in model.yaml with the line 'file: <name>.onnx'.",
                    service.log());
        }
    }

    @Test
    void deviceGpuRefusesToStartWithoutOne() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.device=gpu")) {
            assertEquals(1, service.exitStatus());
            service.says("headroom.device is gpu, but CUDA does not work here: ");
            service.says("nvml: ");
            assertFalse(service.log().contains("\tat "), service.log());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.input.max-json-depth=-1, headroom.input.max-json-depth is -1: set it to a whole number",
        "headroom.workers=abc, headroom.workers is abc: set it to a whole number from 1 to",
        "headroom.batch.max-items=0, headroom.batch.max-items is 0: set it to a whole number from 1 to",
        "headroom.workerz=3, 'headroom.workerz is set, and there is no such setting: write headroom.workers '",
        "quarkus.http.port=-5, quarkus.http.port is -5: set it to a whole number from 0 to",
        "quarkus.http.port=70000, quarkus.http.port is 70000: set it to a whole number from 0 to",
        "quarkus.shutdown.timeout=-1s, quarkus.shutdown.timeout is -1s: set it to a time from 0s to",
        "quarkus.log.level=loud, 'quarkus.log.level is loud, which cannot be read'",
        "headroom.lanes=1000, 'headroom.lanes is 1000: more than 8 for each'",
        "headroom.models=/etc/passwd, The models folder /etc/passwd is a file; set headroom.models to",
        "headroom.state-dir=/etc/passwd, 'headroom.state-dir is /etc/passwd, which is a file: set it to'",
    })
    void aWrongSettingIsOneSentence(String setting, String sentence) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(setting)) {
            assertEquals(1, service.exitStatus());
            assertTrue(service.log().startsWith(sentence), service.log());
            assertEquals(1, service.log().lines().count(), service.log());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.http.host=nosuchhost.invalid, 'quarkus.http.host is nosuchhost.invalid, which is the name of no address'",
        "quarkus.http.host=203.0.113.1, 'quarkus.http.port is 0 and quarkus.http.host is 203.0.113.1, where it cannot be opened'",
    })
    void whatOnlyOpeningThePortShowsIsOneSentenceBehindThePlan(String setting, String sentence) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(setting)) {
            assertEquals(1, service.exitStatus());
            String last = service.log().lines().reduce((before, line) -> line).orElseThrow();
            assertTrue(last.startsWith(sentence), service.log());
            assertFalse(service.log().contains("\tat "), service.log());
        }
    }
}
