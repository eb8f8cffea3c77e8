package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.device.VirtualGpu;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that generates text on virtual GPUs that differ, whose numbers mean nothing. */
@Tag("vgpu")
@Timeout(180)
class GeneratingCardsVgpuIT {

    private static final String T4 = "NVIDIA T4:15360:7.5:300";
    private static final String A10G = "NVIDIA A10G:23028:8.6:400";
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int TOKENS = 40;

    @TempDir
    private Path folder;

    private ServiceProcess start(VirtualGpu gpu, String models, String... more) throws Exception {
        TinyLlama.write(folder.resolve("llama"), LlamaForm.SHARED_HALF);
        List<String> settings = List.of("headroom.device=gpu", "headroom.calibration=off", "headroom.models=" + models);
        return ServiceProcess.start(
                        gpu, Stream.concat(settings.stream(), Stream.of(more)).toArray(String[]::new))
                .listening();
    }

    private String both() {
        return folder + "," + Path.of("models/all-minilm-l6-v2").toAbsolutePath();
    }

    private static JsonNode plan(ServiceProcess service, String model) throws Exception {
        return new ObjectMapper().readTree(service.get("/plan?model=" + model).body());
    }

    /** Has so many texts continued at a time; each begins otherwise. */
    private static List<HttpResponse<String>> generate(ServiceProcess service, int texts) {
        List<CompletableFuture<HttpResponse<String>>> asked = IntStream.range(0, texts)
                .mapToObj(i -> service.infer(
                        "{\"model\": \"llama\", \"inputs\": \"%c river runs\", \"parameters\": {\"max_tokens\": %d}}"
                                .formatted('a' + i, TOKENS)))
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private static double generated(ServiceProcess service, int card) throws Exception {
        return service.metric(
                "headroom_generation_tokens_total{device=\"%d\",kind=\"generated\",model=\"llama\"".formatted(card));
    }

    @Test
    void eachCardContinuesTextWithinItsOwnMemory() throws Exception {
        VirtualGpu gpu = VirtualGpu.of(T4, A10G);
        try (ServiceProcess service = start(gpu, both())) {
            long[] launches = {gpu.card(0).launches(), gpu.card(1).launches()};
            generate(service, 16).forEach(answer -> assertEquals(200, answer.statusCode(), answer.body()));
            assertEquals(16 * TOKENS, generated(service, 0) + generated(service, 1));
            for (int card = 0; card < 2; card++) {
                assertTrue(generated(service, card) > TOKENS, "card " + card);
                assertTrue(gpu.card(card).launches() > launches[card] + TOKENS, "steps of card " + card);
                assertEquals(0, gpu.card(card).refusedAllocations());
            }
            JsonNode text = plan(service, "llama");
            JsonNode batches = plan(service, "all-minilm-l6-v2");
            assertTrue(bytes(text, "/unlikeDevices/1") > bytes(text, "") + (3L << 30), text.toString());
            assertTrue(bytes(text, "") + bytes(batches, "") < 15360L << 20);
            long onSecond = bytes(text, "/unlikeDevices/1") + bytes(batches, "/unlikeDevices/1");
            assertTrue(onSecond < 23028L << 20 && onSecond > 15360L << 20, onSecond + " bytes");
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }

    private static long bytes(JsonNode plan, String device) {
        return plan.at(device + "/memory/value").asLong();
    }

    @Test
    void eachCardStepsByCudaGraphsOfItsOwn() throws Exception {
        VirtualGpu gpu = VirtualGpu.of(T4, A10G);
        try (ServiceProcess service = start(gpu, folder.toString(), "headroom.cuda-graphs=on")) {
            for (int time = 0; time < 3; time++) {
                generate(service, 16).forEach(answer -> assertEquals(200, answer.statusCode(), answer.body()));
            }
            for (int card = 0; card < 2; card++) {
                long graphs = gpu.card(card).graphLaunches();
                assertTrue(graphs > 0, "graphs of card " + card);
                assertEquals(0, gpu.card(card).spoiltCaptures());
            }
        }
    }

    @Test
    void aCardThatIsLostLeavesTheOtherAtWork() throws Exception {
        VirtualGpu gpu = VirtualGpu.of(T4, A10G);
        try (ServiceProcess service = start(gpu, folder.toString())) {
            gpu.card(1).failAfter(100, ILLEGAL_ADDRESS);
            List<Integer> statuses = generate(service, 16).stream()
                    .map(HttpResponse::statusCode)
                    .distinct()
                    .sorted()
                    .toList();
            assertEquals(List.of(200, 503), statuses);
            generate(service, 4).forEach(answer -> assertEquals(200, answer.statusCode(), answer.body()));
            HttpResponse<String> live = service.get("/q/health/live");
            assertEquals(200, live.statusCode(), live.body());
            assertTrue(live.body().contains("GPU 1"), live.body());
        }
    }

    @Test
    void aCardThatIsTooSmallIsLeftOutWithTheReason() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA Small:2048:7.5:300", A10G);
        try (ServiceProcess service = start(gpu, folder.toString())) {
            generate(service, 4).forEach(answer -> assertEquals(200, answer.statusCode(), answer.body()));
            String remark = plan(service, "llama").at("/remarks").toString();
            assertTrue(
                    remark.contains("No text is generated on NVIDIA Small: The model llama cannot generate text here"),
                    remark);
            service.says("No text is generated on NVIDIA Small");
        }
    }
}
