package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualCard;
import dev.headroom.device.VirtualGpu;
import dev.headroom.session.TensorModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CUDA graphs on virtual GPUs: a frequent shape takes one launch, and everything else goes on as without them. */
@Tag("vgpu")
@Timeout(180)
class CudaGraphsVgpuIT {

    private static final int UNTIL_CAPTURED = 24;

    private static ServiceProcess start(VirtualGpu gpu, String... more) throws Exception {
        List<String> settings =
                new ArrayList<>(List.of("headroom.device=gpu", "headroom.calibration=off", "headroom.cuda-graphs=on"));
        settings.addAll(List.of(more));
        return ServiceProcess.start(gpu, settings.toArray(String[]::new)).listening();
    }

    /** One caller after another, so that each request is a batch of one text. */
    private static void call(ServiceProcess service, int requests, int words) throws Exception {
        try (VgpuCallers caller = new VgpuCallers(service, 1, 1, words)) {
            caller.await(requests);
            caller.end();
            assertTrue(caller.answered() >= requests, service.log());
            assertEquals(0, caller.toldToRetry() + caller.cutOff(), service.log());
        }
    }

    @Test
    void aFrequentShapeTakesOneLaunchAndAnotherShapeItsOwnGraph() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            VirtualCard card = gpu.card(0);
            call(service, UNTIL_CAPTURED, 10);
            assertEquals(1, card.graphs(), service.get("/plan").body());

            long launches = card.launches();
            long graphLaunches = card.graphLaunches();
            long copiesIn = card.copiesToDevice();
            long copiesOut = card.copiesToHost();
            long allocations = card.allocations();
            call(service, 20, 10);
            long batches = card.graphLaunches() - graphLaunches;
            assertTrue(batches >= 20, "batches " + batches);
            assertEquals(batches, card.launches() - launches, "nothing is launched beside the graph");
            assertEquals(batches, card.copiesToDevice() - copiesIn, "all inputs in one copy");
            assertEquals(batches, card.copiesToHost() - copiesOut);
            assertEquals(allocations, card.allocations());

            call(service, UNTIL_CAPTURED, 40);
            assertEquals(2, card.graphs());
            assertEquals(0, card.spoiltCaptures());
            assertTrue(
                    service.get("/plan").body().contains("CUDA graphs: 2 of at most"),
                    service.get("/plan").body());
        }
    }

    @Test
    void aCaptureThatFailsLeavesTheModelServingWithoutGraphs() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            gpu.refuse("cudaGraphInstantiate", 801);
            call(service, 2 * UNTIL_CAPTURED, 10);

            assertEquals(0, gpu.card(0).graphs());
            String plan = service.get("/plan").body();
            assertTrue(plan.contains("CUDA graphs are off, because a capture failed"), plan);
            assertEquals(1, service.log().split("CUDA graphs are off", -1).length - 1, service.log());
        }
    }

    /** Texts are the CPU's work. */
    @Test
    void aModelThatOnnxRuntimeRefusesToCaptureIsServedWithoutGraphs(@TempDir Path models) throws Exception {
        TensorModel.write(models.resolve("texts"), TensorModel.Type.STRING);
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu, "headroom.models=" + models)) {
            assertEquals(200, service.get("/q/health/ready").statusCode());
            String plan = service.get("/plan").body();
            assertTrue(plan.contains("CUDA graphs are off: "), plan);
        }
    }

    @Test
    void severalGpusCaptureWithoutSpoilingEachOthersWork() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434", "NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            try (VgpuCallers callers = new VgpuCallers(service, 8, 4, 10)) {
                callers.await(800);
                callers.end();
                assertEquals(0, callers.toldToRetry() + callers.cutOff(), service.log());
            }
            assertTrue(
                    gpu.card(0).graphs() + gpu.card(1).graphs() > 0,
                    service.get("/plan").body());
            assertEquals(0, gpu.card(0).spoiltCaptures() + gpu.card(1).spoiltCaptures());
        }
    }
}
