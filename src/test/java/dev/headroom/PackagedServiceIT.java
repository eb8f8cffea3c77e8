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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: memory that runs out, signals, starts that are refused. */
@Timeout(120)
class PackagedServiceIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static String inputs(List<String> texts) throws IOException {
        return JSON.writeValueAsString(Map.of("inputs", texts));
    }

    private static double metric(ServiceProcess service, String name) throws IOException, InterruptedException {
        Matcher value = Pattern.compile("(?m)^" + name + "\\{.*} (\\S+)$").matcher(service.get("/q/metrics"));
        assertTrue(value.find(), name);
        return Double.parseDouble(value.group(1));
    }

    @Test
    void aRealOutOfMemoryIsHalvedLearnedAndAnswered() throws Exception {
        Reference longest = References.all().getLast();
        String request = inputs(Collections.nCopies(64, longest.text()));
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.memory.limit=300M", "headroom.batch.max-items=64", "headroom.timeout=60s")
                .listening()) {
            JsonNode outputs =
                    JSON.readTree(service.infer(request).join().body()).path("outputs");
            assertEquals(64, outputs.size(), service.log());
            for (JsonNode output : outputs) {
                float[] vector = JSON.convertValue(output.path("embedding"), float[].class);
                assertTrue(References.cosine(vector, longest.vector()) >= 0.999, output.toString());
            }
            double splits = metric(service, "headroom_batch_splits_total");
            assertTrue(splits >= 1, service.log());
            assertTrue(service.log().contains("Out of memory: "), service.log());

            assertEquals(200, service.infer(request).join().statusCode());
            assertEquals(splits, metric(service, "headroom_batch_splits_total"), "the limit was learned");
        }
    }

    @Test
    void whatWasAdmittedBeforeSigtermIsAnswered() throws Exception {
        String request = inputs(Collections.nCopies(16, "word ".repeat(300)));
        try (ServiceProcess service =
                ServiceProcess.start("headroom.timeout=60s").listening()) {
            List<CompletableFuture<HttpResponse<String>>> answers =
                    IntStream.range(0, 4).mapToObj(i -> service.infer(request)).toList();
            answers.getFirst().join();
            service.terminate();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertEquals(200, answer.join().statusCode(), service.log());
            }
            service.exitStatus();
            assertTrue(service.log().contains("stopped in"), service.log());
            assertFalse(service.log().contains("ERROR"), service.log());
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
            assertTrue(service.log().contains("headroom.device is gpu, but CUDA does not work here: "), service.log());
            assertTrue(service.log().contains("nvml: "), service.log());
            assertFalse(service.log().contains("\tat "), service.log());
        }
    }

    @Test
    void aSettingThatMakesNoSenseIsNamed() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.batch.max-items=0")) {
            assertEquals(1, service.exitStatus());
            assertEquals(
                    "headroom.batch.max-items is 0 items: set it to at least 1, or leave it out to have it derived.",
                    service.log());
        }
    }
}
