package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The packaged build for GPUs on a virtual GPU that works, and on one that it has no code for. */
@Tag("vgpu")
@Timeout(120)
class ServingVgpuIT {

    @Test
    void embedsOnTheGpuThatThePlanNames() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service =
                ServiceProcess.start(gpu, "headroom.device=gpu").listening()) {
            String plan = service.get("/plan").body();
            assertTrue(plan.contains("NVIDIA L4"), plan);

            long launches = gpu.card(0).launches();
            long copied = gpu.card(0).bytesToHost();
            try (VgpuCallers callers = new VgpuCallers(service, 4, 8, 10)) {
                callers.await(20);
                callers.end();
                assertTrue(callers.answered() >= 20 * 8);
                assertEquals(0, callers.toldToRetry() + callers.cutOff());
            }

            assertTrue(gpu.card(0).launches() > launches, "the card computes");
            assertTrue(gpu.card(0).bytesToHost() > copied, "and the vectors come from it");
            assertTrue(gpu.card(0).heldBytes(service.pid()) > 86 << 20, "the weights lie there");
            assertTrue(gpu.card(0).pageLockedPeakBytes(service.pid()) > 0, "inputs and outputs are page-locked");
            service.terminate();
            assertEquals(0, service.exitStatus(), service.log());
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }

    /** A text of 256 tokens, whose token states are 256 times that. */
    @Test
    void onlyTheVectorOfATextComesFromTheCard() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")
                .listening()) {
            String text = "{\"inputs\": [{\"text\": \"%s\"}]}".formatted("river ".repeat(300));
            long before = gpu.card(0).bytesToHost();
            for (int request = 1; request <= 3; request++) {
                assertEquals(200, service.infer(text).join().statusCode());
                assertEquals(request * 384 * Float.BYTES, gpu.card(0).bytesToHost() - before);
            }
        }
    }

    @Test
    void aGpuThatTheBuildHasNoCodeForIsRefusedWithCudasReason() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA Thor:125772:11.0:600");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu")) {
            assertEquals(1, service.exitStatus(), service.log());
            service.says("no kernel image is available");
        }
    }
}
