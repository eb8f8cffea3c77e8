package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.Configs;
import dev.headroom.settings.DeviceMode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The driver tells of GPUs, but CUDA knows none of those. */
class DevicesTest {

    private static final int FIRST = 97;
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");

    private static Gpu gpu(int index) {
        return new Gpu(
                index,
                "GPU-" + index,
                "NVIDIA L4",
                new GpuMemory(24L << 30, 22L << 30, 0),
                "8.9",
                "550",
                "12.4",
                false,
                false);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("headroom-device-" + FIRST))
                .count();
    }

    @Test
    void whatCudaDoesNotReachIsPassedOverAndLeavesNoThread() {
        List<Gpu> gpus =
                IntStream.range(FIRST, FIRST + 2).mapToObj(DevicesTest::gpu).toList();
        Devices devices = new Devices(
                Configs.of("headroom.models", "models"),
                DeviceMode.AUTO,
                new Hardware(gpus, HOST, List.of()),
                List.of());
        ServingDevice device = devices.select();
        assertFalse(device.gpu());
        assertTrue(device.reason().startsWith("2 GPUs were found, but CUDA does not work here: "), device.reason());
        assertEquals(0, threads());
        devices.close();
    }
}
