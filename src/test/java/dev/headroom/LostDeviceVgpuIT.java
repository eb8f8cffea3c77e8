package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fault of CUDA's poisons the process's context. */
@Tag("vgpu")
@Timeout(120)
class LostDeviceVgpuIT {

    private static final int ILLEGAL_ADDRESS = 700;
    private static final String TEXT = "{\"inputs\": \"river\"}";

    private static ServiceProcess start(VirtualGpu gpu) throws Exception {
        return ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")
                .listening();
    }

    /** The launches of one batch. */
    private static long launches(VirtualGpu gpu, ServiceProcess service) {
        long before = gpu.card(0).launches();
        assertEquals(200, service.infer(TEXT).join().statusCode());
        return gpu.card(0).launches() - before;
    }

    private static void assertEnds(ServiceProcess service) throws Exception {
        assertEquals(1, service.exitStatus(), service.log());
        service.says("an illegal memory access was encountered");
    }

    @ParameterizedTest(name = "at launch {0} of 100")
    @ValueSource(ints = {0, 50, 100})
    void aBatchThatIsLostIsNeverAnswered(int percent) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            int last = (int) launches(gpu, service) - 1;
            long copies = gpu.card(0).copiesToHost();
            gpu.card(0).failAfter(last * percent / 100, ILLEGAL_ADDRESS);

            HttpResponse<String> response = service.infer(TEXT).join();

            assertEquals(503, response.statusCode(), response.body());
            assertTrue(response.headers().firstValue("Retry-After").isPresent());
            assertEquals(copies, gpu.card(0).copiesToHost(), "nothing was read from the card behind the fault");
            assertEquals(503, service.get("/q/health/live").statusCode());
            assertEnds(service);
        }
    }

    @Test
    void everyCallerIsAnsweredOrToldToRetry() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu);
                VgpuCallers callers = new VgpuCallers(service, 16, 4, 50)) {
            callers.await(20);
            gpu.card(0).failAfter(500, ILLEGAL_ADDRESS);
            assertEnds(service);
            assertTrue(callers.toldToRetry() > 0);
        }
    }

    /** Whatever CUDA calls the fault, no caller is answered wrongly, and the process ends. */
    @ParameterizedTest
    @ValueSource(ints = {214, 220, 226, 702, 714, 715, 716, 719, 999})
    void everyFaultThatStaysEndsTheProcess(int error) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            launches(gpu, service);
            gpu.card(0).failAfter(20, error);
            assertLost(service);
        }
    }

    /** The first batches run before the port opens. */
    @Test
    void aFaultAtTheStartEndsItWithTheReason() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.card(0).failAfter(60, 716);
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=off")) {
            assertEquals(1, service.exitStatus(), service.log());
            service.says("The device is lost to this process, which has to be restarted for it: Error code");
        }
    }

    @Test
    void aFaultWhileTheModelIsMeasuredIsToldInOneLine() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        gpu.card(0).failAfter(3000, 716);
        try (ServiceProcess service =
                ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.calibration=startup")) {
            assertEquals(1, service.exitStatus(), service.log());
            service.says("The calibration of all-minilm-l6-v2 was given up, and its plan stays");
            assertFalse(service.log().contains("\tat "), service.log());
        }
    }

    /** Kernels of cuBLAS that do not run, or its own internal error. */
    @ParameterizedTest
    @ValueSource(ints = {13, 14})
    void aFaultThatOnlyCublasTellsEndsTheProcess(int status) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = start(gpu)) {
            launches(gpu, service);
            gpu.refuse("cublas", status);
            assertLost(service);
        }
    }

    private static void assertLost(ServiceProcess service) throws Exception {
        HttpResponse<String> response = service.infer(TEXT).join();
        assertEquals(503, response.statusCode(), response.body() + service.log());
        assertTrue(response.headers().firstValue("Retry-After").isPresent());
        assertEquals(1, service.exitStatus(), service.log());
        service.says(" is lost to this process");
    }
}
