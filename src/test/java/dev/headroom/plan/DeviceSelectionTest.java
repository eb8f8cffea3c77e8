package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Finding;
import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.PlanRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceSelectionTest {

    private static final Host HOST = new Host(4, "a CPU", 8L << 30, 6L << 30, "RAM 10.0 GiB less 2.0 GiB of heap");
    private static final Gpu GPU = new Gpu(
            0,
            "GPU-1",
            "NVIDIA L4",
            new GpuMemory(23034L << 20, 22000L << 20, 100L << 20),
            "8.9",
            "550.54.15",
            "12.4",
            false,
            false);
    private static final Finding NO_DRIVER =
            new Finding("nvml", Finding.Answer.PASSED_OVER, "no driver", Duration.ZERO);

    private static final Hardware WITH_GPU = new Hardware(List.of(GPU), HOST, List.of());
    private static final Hardware WITHOUT_GPU = new Hardware(List.of(), HOST, List.of(NO_DRIVER));

    private static ServingDevice select(DeviceMode mode, Hardware hardware, String cudaDefect) {
        return new DeviceSelection(mode, hardware)
                .select(cuda(cudaDefect, null))
                .device();
    }

    private static DeviceSelection.Cuda cuda(String defect, Long freeBytes) {
        return index -> defect == null
                ? CudaTrial.works(Optional.ofNullable(freeBytes), CudaOverhead.NONE)
                : CudaTrial.fails(defect, false);
    }

    @Test
    void whatCudaCanAllocateCountsMoreThanWhatTheDriverSays() {
        DeviceSelection selection = new DeviceSelection(DeviceMode.AUTO, WITH_GPU);
        assertEquals(5L << 30, selection.select(cuda(null, 5L << 30)).device().freeBytes());
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
        assertFalse(selection.select(null).device().gpu());
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

    /** One of 24 GiB, of which so many are free. */
    private static Gpu gpu(int index, String name, long gib, String capability) {
        return new Gpu(
                index,
                "GPU-" + index,
                name,
                new GpuMemory(24L << 30, gib << 30, 1L << 30),
                capability,
                "550.54.15",
                "12.4",
                false,
                false);
    }

    private static DeviceSelection.Choice select(DeviceMode mode, List<Gpu> gpus, Map<Integer, String> defects) {
        DeviceSelection.Cuda cuda = index -> defects.containsKey(index)
                ? CudaTrial.fails(defects.get(index), false)
                : CudaTrial.works(Optional.empty(), CudaOverhead.NONE);
        return new DeviceSelection(mode, new Hardware(gpus, HOST, List.of())).select(cuda);
    }

    private static List<Integer> indices(DeviceSelection.Choice choice) {
        return choice.gpus().stream().map(Gpu::index).toList();
    }

    @Test
    void severalGpusServeAndThePlanIsForTheSmallest() {
        DeviceSelection.Choice choice = select(
                DeviceMode.AUTO,
                List.of(gpu(0, "NVIDIA L4", 20, "8.9"), gpu(1, "NVIDIA L4", 18, "8.9"), gpu(2, "NVIDIA L4", 22, "8.9")),
                Map.of());
        assertEquals(List.of(1, 0, 2), indices(choice));
        assertEquals(3, choice.device().count());
        assertEquals(18L << 30, choice.device().freeBytes());
        assertEquals(
                "CUDA works on 3 GPUs, and a batch goes to any that is free: the plan is for the one with the least"
                        + " memory free, GPU 1 (NVIDIA L4); other processes use 1.0 GiB of it.",
                choice.device().reason());
    }

    @Test
    void thePrecisionIsForTheLowestComputeCapability() {
        assertEquals(
                "6.1",
                select(DeviceMode.AUTO, List.of(gpu(0, "RTX 5090", 20, "12.0"), gpu(1, "P40", 22, "6.1")), Map.of())
                        .device()
                        .computeCapability());
        assertEquals(
                "",
                select(DeviceMode.AUTO, List.of(gpu(0, "L4", 20, "8.9"), gpu(1, "a GPU", 22, "")), Map.of())
                        .device()
                        .computeCapability(),
                "an unknown one may be any");
    }

    @Test
    void aGpuThatDoesNotWorkIsSaidAndTheOthersServe() {
        List<Gpu> gpus = List.of(gpu(0, "NVIDIA L4", 20, "8.9"), gpu(1, "NVIDIA L4", 21, "8.9"));
        for (DeviceMode mode : List.of(DeviceMode.AUTO, DeviceMode.GPU)) {
            DeviceSelection.Choice choice = select(mode, gpus, Map.of(0, "CUDA failure 46"));
            assertEquals(List.of(1), indices(choice));
            assertEquals(1, choice.device().count());
            assertEquals(
                    "CUDA works on it; other processes use 1.0 GiB of it. CUDA does not work on GPU 0 (NVIDIA L4): CUDA"
                            + " failure 46.",
                    choice.device().reason());
        }
    }

    @Test
    void whereNoGpuWorksEachReasonIsSaidOnce() {
        List<Gpu> gpus = List.of(gpu(0, "NVIDIA L4", 20, "8.9"), gpu(1, "NVIDIA L4", 21, "8.9"));
        Map<Integer, String> defects = Map.of(0, "no cuDNN", 1, "no cuDNN");
        DeviceSelection.Choice choice = select(DeviceMode.AUTO, gpus, defects);
        assertFalse(choice.device().gpu());
        assertEquals(List.of(), choice.gpus());
        assertTrue(
                choice.device().reason().startsWith("2 GPUs were found, but CUDA does not work here: no cuDNN. Memory"),
                choice.device().reason());
        PlanRefusedException e = assertThrows(PlanRefusedException.class, () -> select(DeviceMode.GPU, gpus, defects));
        assertTrue(e.getMessage().contains("no cuDNN. Probed"), e.getMessage());
    }

    @Test
    void ofMigSlicesCudaShowsTheFirst() {
        Gpu slice = new Gpu(
                0, "MIG-a", "A100 1g.5gb", new GpuMemory(5L << 30, 5L << 30, 0), "8.0", "550", "12.4", true, false);
        Gpu other = new Gpu(
                1, "MIG-b", "A100 1g.5gb", new GpuMemory(5L << 30, 4L << 30, 0), "8.0", "550", "12.4", true, false);
        DeviceSelection.Choice choice = select(DeviceMode.AUTO, List.of(slice, other), Map.of());
        assertEquals(List.of(0), indices(choice));
        assertEquals(1, choice.device().count());
    }
}
