package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real driver: {@code ./mvnw -Pgpu test -Dgroups=gpu -DexcludedGroups=}. */
@Tag("gpu")
class RealGpuTest {

    private static final long DRIVERS_OWN_BYTES = 1L << 30;

    @Test
    void nvmlTellsWhatNvidiaSmiTells() throws Exception {
        List<Gpu> nvml = NvmlSource.PROCESS.look(Host.read()).gpus();
        List<Gpu> smi = new NvidiaSmi(NvidiaSmi.PLACES).look(Host.read()).gpus();
        assertFalse(nvml.isEmpty());
        for (Function<Gpu, Object> told : List.<Function<Gpu, Object>>of(
                Gpu::index,
                Gpu::uuid,
                Gpu::name,
                gpu -> gpu.memory().totalBytes(),
                Gpu::computeCapability,
                Gpu::driverVersion)) {
            assertEquals(
                    smi.stream().map(told).toList(), nvml.stream().map(told).toList());
        }
        for (int i = 0; i < nvml.size(); i++) {
            assertEquals(smi.get(i).memory().freeBytes(), nvml.get(i).memory().freeBytes(), DRIVERS_OWN_BYTES);
        }
    }
}
