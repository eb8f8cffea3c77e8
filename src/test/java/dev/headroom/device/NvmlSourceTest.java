package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way into NVML and back, against a small C library of known answers in the place of the driver's. */
class NvmlSourceTest {

    private static final long MIB = 1L << 20;
    private static final Host HOST = new Host(20, 120_000 * MIB, 100_000 * MIB, "RAM");

    @TempDir
    private static Path folder;

    @Test
    void readsACardAndTheSlicesOfASplitOne() throws Exception {
        Sighting sighting = driver("-DWHOLE").look(HOST);

        assertEquals(
                List.of(
                        new Gpu(
                                0,
                                "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
                                "NVIDIA L4",
                                23034 * MIB,
                                22000 * MIB,
                                600 * MIB,
                                "8.9",
                                "550.54.15",
                                "12.4",
                                false,
                                false),
                        slice("MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f", "3g.20gb", 19968, 12),
                        slice("MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb", "1g.5gb", 4864, 3)),
                sighting.gpus());
        assertTrue(sighting.reason().contains("driver 550.54.15, CUDA 12.4"), sighting.reason());
    }

    @Test
    void saysWhichCardCannotBeReadAndWhy() throws Exception {
        String reason = driver("-DWHOLE").look(HOST).reason();

        assertTrue(reason.endsWith("GPU 2 is left out: nvmlDeviceGetHandleByIndex_v2: GPU is lost (15)"), reason);
    }

    @Test
    void aDriverWithoutTheNewerFunctionsIsReadAllTheSame() throws Exception {
        List<Gpu> gpus = driver("-DOLD").look(HOST).gpus();

        assertEquals(
                List.of("NVIDIA L4", "NVIDIA A100-SXM4-40GB"),
                gpus.stream().map(Gpu::name).toList());
        assertEquals(22000 * MIB, gpus.getFirst().freeBytes());
        assertEquals(1034 * MIB, gpus.getFirst().usedByOthersBytes(), "the driver's reserve counts as used");
    }

    @Test
    void aCardWithoutMemoryOfItsOwnHasTheHosts() throws Exception {
        Sighting sighting = driver("-DUNIFIED").look(HOST);
        Gpu spark = sighting.gpus().getFirst();

        assertTrue(spark.unifiedMemory());
        assertEquals(HOST.memoryBytes(), spark.totalBytes());
        assertEquals(HOST.freeBytes(), spark.freeBytes());
        assertTrue(sighting.reason().contains("GPU 0 has no memory of its own"), sighting.reason());
    }

    @Test
    void readsTheMemoryOfACardOrSliceAgain() throws Exception {
        NvmlSource nvml = driver("-DWHOLE");
        assertEquals(Optional.empty(), nvml.memory("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"), "not asked yet");

        nvml.look(HOST);

        assertEquals(
                Optional.of(new GpuMemory(23034 * MIB, 22000 * MIB, 600 * MIB)),
                nvml.memory("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"));
        assertEquals(
                Optional.of(new GpuMemory(4864 * MIB, 4861 * MIB, 3 * MIB)),
                nvml.memory("MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb"));
        assertEquals(Optional.empty(), nvml.memory("GPU-gone"));
    }

    @Test
    void aDriverThatIsNotLoadedSaysSo() throws Exception {
        NvmlSource nvml = driver("-DNO_DRIVER");

        NvmlRefused refused = assertThrows(NvmlRefused.class, () -> nvml.look(HOST));

        assertEquals("nvmlInit_v2: Driver Not Loaded (9)", refused.getMessage());
    }

    @Test
    void aDriverThatHangsIsNotWaitedFor() throws Exception {
        List<GpuSource> sources = List.of(driver("-DHANGS"));

        Hardware hardware = new HardwareProbe(folder, Duration.ofMillis(100), sources).look(VisibleDevices.ALL);

        assertEquals(
                "nvml did not answer within 0.1 s",
                hardware.findings().getFirst().reason());
    }

    @Test
    void aMissingLibraryAndABrokenOneAreToldApart() throws Exception {
        NvmlSource absent = new NvmlSource(List.of("libnvidia-ml-absent.so.1", "/absent/libnvidia-ml.so.1"));
        NvmlSource broken = driver("-DUNLOADABLE");

        String none = assertThrows(IllegalStateException.class, () -> absent.look(HOST))
                .getMessage();
        String bad = assertThrows(IllegalStateException.class, () -> broken.look(HOST))
                .getMessage();

        assertTrue(none.startsWith("libnvidia-ml-absent.so.1 is not on this machine: no NVIDIA driver"), none);
        assertTrue(bad.startsWith(folder + "/libnvidia-ml-DUNLOADABLE.so does not load"), bad);
    }

    private static Gpu slice(String uuid, String profile, long totalMib, long usedMib) {
        return new Gpu(
                1,
                uuid,
                "NVIDIA A100-SXM4-40GB MIG " + profile,
                totalMib * MIB,
                (totalMib - usedMib) * MIB,
                usedMib * MIB,
                "8.0",
                "550.54.15",
                "12.4",
                true,
                false);
    }

    /** Compiles the stub, with a variant's name, and leaves it to be opened as the driver's library. */
    private static NvmlSource driver(String variant) throws IOException, InterruptedException {
        Path library = folder.resolve("libnvidia-ml" + variant + ".so");
        if (!Files.exists(library)) {
            Path source = Files.write(folder.resolve("nvml_stub.c"), stub());
            compile(List.of("cc", "-shared", "-fPIC", variant, "-o", library.toString(), source.toString()));
        }
        return new NvmlSource(List.of(library.toString()));
    }

    private static void compile(List<String> command) throws InterruptedException {
        try {
            Process compiler = new ProcessBuilder(command).inheritIO().start();
            assertEquals(0, compiler.waitFor(), "cc compiles the stub");
        } catch (IOException e) {
            abort("no C compiler here: " + e.getMessage());
        }
    }

    private static byte[] stub() throws IOException {
        try (var stub = NvmlSourceTest.class.getResourceAsStream("/device/nvml_stub.c")) {
            return stub.readAllBytes();
        }
    }
}
