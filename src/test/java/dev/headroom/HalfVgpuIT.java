package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import dev.headroom.half.HalfModels;
import dev.headroom.session.ModelOptimizer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged build for GPUs with a folder in which {@code optimize} made a file in half precision. */
@Tag("vgpu")
@Timeout(300)
class HalfVgpuIT {

    @TempDir
    private Path models;

    @Test
    void theFileIsServedOnACardThatSuitsItAndTakesHalfTheMemory() throws Exception {
        Path minilm = Path.of("models/all-minilm-l6-v2");
        new ModelOptimizer(minilm, models.resolve("minilm")).write(new HalfModels(_ -> {})::add);
        assertServes("NVIDIA L4:23034:8.9:434", "all-minilm-l6-v2_fp16.onnx", 45 << 20, 86 << 20);
        assertServes("NVIDIA P40:24576:6.1:434", "all-minilm-l6-v2.onnx", 86 << 20, Long.MAX_VALUE);
    }

    private void assertServes(String card, String file, long least, long most) throws Exception {
        VirtualGpu gpu = VirtualGpu.of(card);
        String[] settings = {
            "headroom.device=gpu", "headroom.calibration=off", "headroom.cuda-graphs=on", "headroom.models=" + models
        };
        try (ServiceProcess service = ServiceProcess.start(gpu, settings).listening()) {
            String plan = service.get("/plan").body();
            assertTrue(plan.contains('"' + file + '"'), plan);
            assertFalse(plan.contains("CUDA graphs are off"), "a node runs on the CPU: " + plan);
            String text = "{\"inputs\": [{\"text\": \"the river\"}, {\"text\": \"a river and a mountain\"}]}";
            long launches = gpu.card(0).launches();
            assertEquals(200, service.infer(text).join().statusCode());
            assertTrue(gpu.card(0).launches() > launches, "the card computes");
            long held = gpu.card(0).heldBytes(service.pid());
            assertTrue(held > least && held < most, card + " holds " + held);
        }
    }
}
