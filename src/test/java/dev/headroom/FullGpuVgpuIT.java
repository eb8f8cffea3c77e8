package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A start on a virtual GPU whose memory another process holds. */
@Tag("vgpu")
@Timeout(120)
class FullGpuVgpuIT {

    private static final String WAITS = "No GPU has the memory that CUDA and the models need, 86.1 MiB for weights"
            + " alone: GPU 0 (NVIDIA L4) has ";

    private static VirtualGpu full() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.card(0).leaveFree(100);
        return gpu;
    }

    @Test
    void theStartWaitsUntilThereIsRoom() throws Exception {
        VirtualGpu gpu = full();
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=auto", "headroom.calibration=off")) {
            service.says(WAITS);
            gpu.card(0).coTenant(0);
            String plan = service.listening().get("/plan").body();
            assertTrue(plan.contains("CUDA works on it"), plan);
        }
    }

    @Test
    void autoTakesTheCpuInTheEndAndSaysWhy() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                        full(), "headroom.device=auto", "headroom.device-wait=1s", "headroom.calibration=off")
                .listening()) {
            String plan = service.get("/plan").body();
            assertTrue(plan.contains("NVIDIA L4 was found, but CUDA does not work here: "), plan);
            assertTrue(plan.contains("out of memory"), plan);
            assertEquals(200, service.infer("{\"inputs\": \"river\"}").join().statusCode());
        }
    }

    /** CUDA would start there, but no model would fit. */
    @Test
    void theStartWaitsForTheRoomOfTheModelsToo() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.card(0).leaveFree(2200);
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")) {
            service.says(WAITS);
            service.says("pid 4711 holds 19.9 GiB of GPU 0");
            gpu.card(0).coTenant(0);
            assertTrue(service.listening().get("/plan").body().contains("CUDA works on it"));
        }
    }

    @Test
    void gpuRefusesInTheEndAndNamesTheRemedy() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(full(), "headroom.device=gpu", "headroom.device-wait=1s")) {
            assertEquals(1, service.exitStatus(), service.log());
            service.says(WAITS);
            service.says("Stop what holds the GPU's memory, show this process another GPU, or raise"
                    + " headroom.device-wait.");
        }
    }

    @Test
    void aSignalEndsTheWaitAndBeginsNoOther() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(full(), "headroom.device=gpu")) {
            service.says(WAITS);
            service.terminate();
            assertEquals(0, service.exitStatus(), service.log());
            assertEquals(
                    1,
                    service.log().lines().filter(line -> line.contains(WAITS)).count(),
                    service.log());
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }

    /** cuBLAS calls missing memory "not initialized". */
    @Test
    void aHandleThatDoesNotFitIsWaitedFor() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.refuse("cublasCreate", 1, 1);
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")
                .listening()) {
            service.says(WAITS);
        }
    }
}
