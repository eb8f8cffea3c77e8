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
    void theFileIsServedOnACardThatSuitsItWithHalfTheBytes() throws Exception {
        Path minilm = Path.of("models/all-minilm-l6-v2");
        new ModelOptimizer(minilm, models.resolve("minilm")).write(new HalfModels(_ -> {})::add);
        long half = bytesOfStart("NVIDIA L4:23034:8.9:434", "all-minilm-l6-v2_fp16.onnx");
        long full = bytesOfStart("NVIDIA P40:24576:6.1:434", "all-minilm-l6-v2.onnx");
        assertTrue(half > 40 << 20 && half < full * 0.6, half + " of " + full);
    }

    /** The bytes that a start copies to the card, most of which are weights. The service then answers. */
    private long bytesOfStart(String card, String file) throws Exception {
        VirtualGpu gpu = VirtualGpu.of(card);
        String[] settings = {
            "headroom.device=gpu", "headroom.calibration=off", "headroom.cuda-graphs=on", "headroom.models=" + models
        };
        try (ServiceProcess service = ServiceProcess.start(gpu, settings).listening()) {
            long copied = gpu.card(0).bytesToDevice();
            String plan = service.get("/plan").body();
            assertTrue(plan.contains('"' + file + '"'), plan);
            assertFalse(plan.contains("CUDA graphs are off"), "a node runs on the CPU: " + plan);
            String text = "{\"inputs\": [{\"text\": \"the river\"}, {\"text\": \"a river and a mountain\"}]}";
            long launches = gpu.card(0).launches();
            assertEquals(200, service.infer(text).join().statusCode());
            assertTrue(gpu.card(0).launches() > launches, "the card computes");
            return copied;
        }
    }
}
