package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A virtual GPU on a host without cuDNN, which only some models need. */
@Tag("vgpu")
@Timeout(120)
class MissingCudnnVgpuIT {

    /** The convolution of images of four values with the weights 1, 2, 3, 4. */
    private static final String CONVOLUTION =
            "CAgSADpxCg8KAXgKAXcSAXkiBENvbnYSAWcqHwgBCAEIAggCEAEiEAAAgD8AAABAAABAQAAAgEBCAXdaHAoBeBIXChUIARIR"
                    + "CgMSAW4KAggBCgIIAgoCCAJiHAoBeRIXChUIARIRCgMSAW4KAggBCgIIAQoCCAFCBAoAEA0=";

    private static ServiceProcess start(Path models) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.remove("libcudnn");
        return ServiceProcess.start(
                        gpu, "headroom.device=auto", "headroom.calibration=off", "headroom.models=" + models)
                .listening();
    }

    @Test
    void aModelWithConvolutionsIsServedOnTheCpuWithTheReason(@TempDir Path models) throws Exception {
        Path graph = Files.createDirectory(models.resolve("c")).resolve("model.onnx");
        Files.write(graph, Base64.getDecoder().decode(CONVOLUTION));
        try (ServiceProcess service = start(models)) {
            String plan = service.get("/plan").body();
            assertTrue(plan.contains("NVIDIA L4 was found, but CUDA does not work here: "), plan);
            assertTrue(plan.contains("cuDNN is unavailable"), plan);
        }
    }

    @Test
    void aModelWithoutThemIsServedOnTheGpu() throws Exception {
        try (ServiceProcess service = start(Path.of("models").toAbsolutePath())) {
            assertTrue(service.get("/plan").body().contains("CUDA works on it"));
            assertEquals(200, service.infer("{\"inputs\": \"river\"}").join().statusCode());
        }
    }
}
