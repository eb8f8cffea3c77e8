package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.device.VirtualGpu;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Virtual GPUs that differ. CUDA itself would count the fastest first, and the driver counts by the bus. */
@Tag("vgpu")
@Timeout(120)
class UnlikeCardsVgpuIT {

    private static JsonNode device(ServiceProcess service) throws Exception {
        return new ObjectMapper().readTree(service.get("/plan").body()).path("device");
    }

    @Test
    void eachIsTakenForWhatItIs() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA T4:15360:7.5:300", "NVIDIA A10G:23028:8.6:400");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")
                .listening()) {
            JsonNode device = device(service);
            assertEquals("NVIDIA T4", device.path("name").asText(), device.toString());
            assertEquals(2, device.path("count").asInt(), device.toString());
            assertEquals(15360L << 20, device.path("totalBytes").asLong(), device.toString());
            JsonNode plan = new ObjectMapper().readTree(service.get("/plan").body());
            assertTrue(
                    plan.at("/unlikeDevices/1/memory/value").asLong()
                            > plan.at("/memory/value").asLong() + (5L << 30),
                    plan.toString());
            try (VgpuCallers callers = new VgpuCallers(service, 8, 16, 20)) {
                callers.await(40);
                callers.end();
                assertEquals(0, callers.toldToRetry() + callers.cutOff());
            }
            for (int card = 0; card < 2; card++) {
                assertTrue(gpu.card(card).launches() > 0, "card " + card);
                assertTrue(gpu.card(card).heldBytes(service.pid()) > 86 << 20, "card " + card);
            }
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }

    @Test
    void eachKindIsMeasured(@TempDir Path state) throws Exception {
        VirtualGpu gpu =
                VirtualGpu.of("NVIDIA T4:15360:7.5:300", "NVIDIA A10G:23028:8.6:400", "NVIDIA A10G:23028:8.6:400");
        String measured = "Batches of all-minilm-l6-v2 on GPU 1 (NVIDIA A10G) hold up to";
        for (int start = 0; start < 2; start++) {
            try (ServiceProcess service = ServiceProcess.start(
                            gpu, "headroom.device=gpu", "headroom.calibration=startup", "headroom.state-dir=" + state)
                    .listening()) {
                JsonNode plan = new ObjectMapper().readTree(service.get("/plan").body());
                for (int card = 1; card < 3; card++) {
                    assertEquals(
                            "calibrated",
                            plan.at("/unlikeDevices/%d/batch/source".formatted(card))
                                    .asText(),
                            plan.toString());
                }
                assertEquals(start == 0, service.log().contains(measured), service.log());
                assertFalse(service.log().contains("on GPU 2"), "measured as the other of its kind: " + service.log());
            }
        }
    }

    @Test
    void theOneThatCudaHasNoCodeForIsLeftOut() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA Thor:125772:11.0:600", "NVIDIA T4:15360:7.5:300");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=auto", "headroom.calibration=off")
                .listening()) {
            JsonNode device = device(service);
            assertEquals("NVIDIA T4", device.path("name").asText(), device.toString());
            assertEquals(1, device.path("count").asInt(), device.toString());
            assertTrue(
                    device.path("reason")
                            .asText()
                            .contains(
                                    "CUDA does not work on GPU 0 (NVIDIA Thor): this build's ONNX Runtime has no machine code"),
                    device.toString());
        }
    }

    @Test
    void autoServesOnTheCpuWhereCudaHasCodeForNone() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA Thor:125772:11.0:600");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=auto", "headroom.calibration=off")
                .listening()) {
            JsonNode device = device(service);
            assertFalse(device.path("gpu").asBoolean(), device.toString());
            assertTrue(device.path("reason").asText().contains("no machine code"), device.toString());
            String answer = service.infer("{\"inputs\": \"Hello world\", \"dimensions\": 3}")
                    .join()
                    .body();
            assertTrue(answer.contains("-0.7356"), answer);
        }
    }
}
