package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More models than a limit on a virtual GPU holds: all are answered, and the process holds no more. */
@Tag("vgpu")
@Timeout(180)
class ManyModelsVgpuIT {

    private static final long LIMIT_MIB = 700;
    private static final int MODELS = 6;

    @Test
    void modelsTakeTurnsWithinTheLimit(@TempDir Path folder) throws Exception {
        Path model = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        for (int i = 0; i < MODELS; i++) {
            Files.createSymbolicLink(folder.resolve("m" + i), model);
        }
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(
                        gpu,
                        "headroom.device=gpu",
                        "headroom.calibration=off",
                        "headroom.memory.limit=" + LIMIT_MIB + "M",
                        "headroom.models=" + folder)
                .listening()) {
            for (int i = 0; i < 2 * MODELS; i++) {
                String body = "{\"model\": \"m%d\", \"inputs\": [\"a\", \"b\"]}".formatted(i % MODELS);
                assertEquals(200, service.infer(body).join().statusCode(), service.log());
            }
            double evictions = 0;
            for (int i = 0; i < MODELS; i++) {
                evictions += service.metric("headroom_model_evictions_total{model=\"m" + i + "\"");
            }
            assertTrue(evictions > 0, service.log());
            assertTrue(
                    gpu.card(0).peakBytes(service.pid()) <= LIMIT_MIB << 20,
                    () -> "peak of " + (gpu.card(0).peakBytes(service.pid()) >> 20) + " MiB\n" + service.log());
            service.terminate();
            assertEquals(0, service.exitStatus(), service.log());
        }
    }
}
