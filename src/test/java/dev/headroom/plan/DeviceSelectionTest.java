package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Finding;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceSelectionTest {

    private static final Host HOST = new Host(4, "a CPU", 8L << 30, 6L << 30, "RAM 10.0 GiB less 2.0 GiB of heap");
    private static final Gpu GPU = new Gpu(
            0, "GPU-1", "NVIDIA L4", 23034L << 20, 22000L << 20, 100L << 20, "8.9", "550.54.15", "12.4", false, false);
    private static final Finding NO_DRIVER =
            new Finding("nvml", Finding.Answer.PASSED_OVER, "no driver", Duration.ZERO);

    private static final Hardware WITH_GPU = new Hardware(List.of(GPU), HOST, List.of());
    private static final Hardware WITHOUT_GPU = new Hardware(List.of(), HOST, List.of(NO_DRIVER));

    private static ServingDevice select(DeviceMode mode, Hardware hardware, String cudaDefect) {
        return new DeviceSelection(mode, hardware).select(cuda(cudaDefect, null));
    }

    private static DeviceSelection.Cuda cuda(String defect, Long freeBytes) {
        return new DeviceSelection.Cuda() {
            @Override
            public Optional<String> defect() {
                return Optional.ofNullable(defect);
            }

            @Override
            public Optional<Long> freeBytes() {
                return Optional.ofNullable(freeBytes);
            }
        };
    }

    @Test
    void whatCudaCanAllocateCountsMoreThanWhatTheDriverSays() {
        DeviceSelection selection = new DeviceSelection(DeviceMode.AUTO, WITH_GPU);
        assertEquals(5L << 30, selection.select(cuda(null, 5L << 30)).freeBytes());
    }

    @Test
    void autoTakesAGpuThatWorks() {
        ServingDevice device = select(DeviceMode.AUTO, WITH_GPU, null);
        assertTrue(device.gpu());
        assertEquals(22000L << 20, device.freeBytes());
        assertEquals("8.9", device.computeCapability());
    }

    @Test
    void autoFallsBackToTheCpuWithTheReason() {
        ServingDevice device = select(DeviceMode.AUTO, WITH_GPU, "libcudnn.so.9: cannot open shared object file");
        assertFalse(device.gpu());
        assertEquals(6L << 30, device.freeBytes());
        assertEquals("", device.computeCapability());
        assertTrue(
                device.reason().contains("NVIDIA L4 was found, but CUDA does not work here: libcudnn"),
                device.reason());
        assertTrue(select(DeviceMode.AUTO, WITHOUT_GPU, null).reason().contains("nvml: no driver"));
    }

    @Test
    void cpuNeverAsksForAGpu() {
        DeviceSelection selection = new DeviceSelection(DeviceMode.CPU, WITH_GPU);
        assertFalse(selection.select(null).gpu());
    }

    @Test
    void gpuRefusesWithTheReasonWhereCudaDoesNotWork() {
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class, () -> select(DeviceMode.GPU, WITHOUT_GPU, "no CUDA-capable device"));
        assertTrue(e.getMessage().contains("no CUDA-capable device"), e.getMessage());
        assertTrue(e.getMessage().contains("nvml: no driver"), e.getMessage());
    }

    @Test
    void aGpuThatCannotBeMeasuredIsTakenToHave24Gib() {
        ServingDevice device = select(DeviceMode.GPU, WITHOUT_GPU, null);
        assertTrue(device.gpu());
        assertEquals(24L << 30, device.totalBytes());
    }
}
