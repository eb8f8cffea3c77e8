package dev.headroom.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.ServingDevice;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCatalogueTest {

    @ParameterizedTest(name = "{0} is a {1}")
    @CsvSource({
        "T4, T4, 15360",
        "tesla t4, T4, 15360",
        "NVIDIA GeForce RTX 4090, RTX 4090, 24564",
        "4090, RTX 4090, 24564",
        "rtx4090, RTX 4090, 24564",
        "NVIDIA A100-SXM4-80GB, A100-80GB, 81920",
        "NVIDIA A100 80GB PCIe, A100-80GB, 81920",
        "a100 40 GiB, A100-40GB, 40960",
        "NVIDIA H100 80GB HBM3, H100, 81559",
        "Tesla V100-SXM2-16GB, V100-16GB, 16384",
        "NVIDIA RTX A6000, A6000, 49140",
        "NVIDIA RTX 6000 Ada Generation, RTX 6000 Ada, 49140",
        "A100-SXM4-40GB MIG 1g.5gb, A100-40GB 1g.5gb, 4864",
        "L40S, L40S, 46068",
    })
    void knowsACardByWhatPeopleAndDriversCallIt(String typed, String name, long mebibytes) {
        ServingDevice device = DeviceCatalogue.named(typed).orElseThrow();
        assertEquals(name, device.name());
        assertEquals(mebibytes << 20, device.totalBytes());
        assertEquals(device.totalBytes(), device.freeBytes());
        assertTrue(device.gpu());
    }

    @Test
    void everyCardIsFoundByItsOwnName() {
        for (ServingDevice device : DeviceCatalogue.all()) {
            assertEquals(Optional.of(device), DeviceCatalogue.named(device.name()));
            assertTrue(device.computeCapability().matches("\\d+\\.\\d"), device.toString());
        }
    }

    @Test
    void namesTheCardsThatMayHaveBeenMeant() {
        assertEquals(List.of("RTX 4090"), DeviceCatalogue.like("RTX 409"));
        assertEquals(List.of("V100-16GB", "V100-32GB"), DeviceCatalogue.like("V100"));
        assertEquals(List.of("GH200"), DeviceCatalogue.like("GH20O"));
        assertEquals(List.of(), DeviceCatalogue.like("Radeon"));
    }

    @ParameterizedTest
    @CsvSource({
        "40GiB, 42949672960",
        "40 gib, 42949672960",
        "40G, 42949672960",
        "24GB, 24000000000",
        "40960MiB, 42949672960",
        "0.5TiB, 549755813888",
    })
    void aSizeIsAGpuOfThatMemory(String size, long bytes) {
        ServingDevice device = DeviceCatalogue.ofSize(size).orElseThrow();
        assertEquals(bytes, device.totalBytes());
        assertEquals("GPU of " + size, device.name());
        assertEquals("", device.computeCapability());
    }

    @ParameterizedTest
    @ValueSource(strings = {"40", "", "GiB", "-1GiB", "0GiB", "40KiB", "forty"})
    void whatIsNoSizeIsNoGpu(String size) {
        assertEquals(Optional.empty(), DeviceCatalogue.ofSize(size));
    }
}
