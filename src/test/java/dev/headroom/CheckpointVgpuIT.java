package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.device.VirtualGpu;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A checkpoint that is taken before CUDA starts, and restored on one virtual GPU after the other. */
@Tag("vgpu")
@Timeout(180)
class CheckpointVgpuIT {

    private static final List<String> NAMES = List.of("NVIDIA T4", "NVIDIA A10G");

    @Test
    void eachRestoredProcessPlansForTheCardThatItMaySee() throws Exception {
        Assumptions.assumeTrue(CheckpointContainer.permitted(), "CRIU cannot restore a process here");
        VirtualGpu gpu = VirtualGpu.of("NVIDIA T4:15360:7.5:300", "NVIDIA A10G:23028:8.6:400");
        Map<String, String> environment = new HashMap<>(gpu.environment());
        environment.putAll(Map.of("QUARKUS_HTTP_PORT", "0", "HEADROOM_DEVICE", "gpu", "HEADROOM_CALIBRATION", "off"));
        CheckpointContainer container = CheckpointContainer.of(
                Path.of("target/vgpu/image/headroom").toAbsolutePath(), "vgpu-checkpoint-image", environment);
        try (ServiceProcess made = container.make(Optional.empty(), Map.of())) {
            assertEquals(0, made.exitStatus(), made.log());
            assertFalse(made.log().contains("could not be rehearsed"), made.log());
        }
        for (int card = 0; card < NAMES.size(); card++) {
            assertEquals(0, gpu.card(card).launches(), "the checkpoint touched card " + card);
        }
        for (int card = 0; card < NAMES.size(); card++) {
            Map<String, String> visible = Map.of("CUDA_VISIBLE_DEVICES", Integer.toString(card));
            try (ServiceProcess restored =
                    container.serve(Optional.empty(), visible).listening()) {
                restored.says("checkpoint restored");
                JsonNode device = new ObjectMapper()
                        .readTree(restored.get("/plan").body())
                        .path("device");
                assertEquals(NAMES.get(card), device.path("name").asText(), device.toString());
                assertEquals(
                        200, restored.infer("{\"inputs\": \"a text\"}").join().statusCode());
                assertTrue(gpu.card(card).launches() > 0, "card " + card);
            }
        }
    }
}
