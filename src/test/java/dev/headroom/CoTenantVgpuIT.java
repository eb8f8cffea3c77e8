package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.device.VirtualGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another process takes the memory of a virtual GPU that the arena grows by, and gives it back. */
@Tag("vgpu")
@Timeout(120)
class CoTenantVgpuIT {

    @Test
    void batchesAreHalvedAndEveryItemIsAnswered() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(
                                gpu,
                                "headroom.device=gpu",
                                "headroom.calibration=off",
                                "headroom.batch.max-items=512",
                                "headroom.timeout=60s")
                        .listening();
                VgpuCallers callers = new VgpuCallers(service, 2, 512, 300)) {
            for (int round = 0; round < 3; round++) {
                gpu.card(0).leaveFree(60);
                gpu.card(0).hangAfter(0); // until so many items wait that their batch does not fit
                ServiceProcess.await(() -> service.metric("headroom_queue_items") >= 256);
                gpu.card(0).goOn();
                callers.await(4);
                gpu.card(0).coTenant(0);
                callers.await(4);
            }
            callers.end();

            assertTrue(service.metric("headroom_batch_retries_total") > 0, service.log());
            service.says("Out of memory: a batch of all-minilm-l6-v2 did not fit");
            assertEquals(0, callers.toldToRetry() + callers.cutOff(), service.log());
            assertEquals(200, service.get("/q/health/live").statusCode());
            assertFalse(service.log().contains("ERROR"), service.log());
            assertFalse(service.log().contains("onnxruntime::"), service.log());
            assertFalse(service.log().contains("\u001B["), "a coloured line");
        }
    }

    /** MiB of what the plan tells of the card. */
    private static long card(ServiceProcess service, String field) throws Exception {
        return new ObjectMapper()
                        .readTree(service.get("/plan").body())
                        .path("card")
                        .path(field)
                        .asLong()
                >> 20;
    }

    @Test
    void thePlanFollowsWhatTheOtherProcessHoldsWhereThatIsMuch() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:6144:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(
                        gpu, "headroom.device=gpu", "headroom.calibration=off", "headroom.memory.reserved=512M")
                .listening()) {
            long before = card(service, "modelsBytes");
            ServiceProcess.await(() -> card(service, "othersBytes") > 0); // they have been read once
            gpu.card(0).coTenant(1024);
            ServiceProcess.await(() -> card(service, "modelsBytes") < before);
            assertEquals(before - 1024, card(service, "modelsBytes"), 16, service.log());
            service.says("Other processes hold more of the device than before");
            assertEquals(200, service.infer("{\"inputs\": \"a\"}").join().statusCode());
            gpu.card(0).coTenant(0);
            ServiceProcess.await(() -> card(service, "modelsBytes") == before);
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }
}
