package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The way into NVML and back, against a small C library of known answers in the place of the driver's. */
class NvmlSourceTest {

    private static final long MIB = 1L << 20;
    private static final Host HOST = new Host(20, "a CPU", 120_000 * MIB, 100_000 * MIB, "RAM");

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
                                new GpuMemory(23034 * MIB, 22000 * MIB, 600 * MIB),
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

        assertTrue(reason.contains("GPU 2 is left out: nvmlDeviceGetHandleByIndex_v2: GPU is lost (15)"), reason);
    }

    @Test
    void aDriverWithoutTheNewerFunctionsIsReadAllTheSame() throws Exception {
        List<Gpu> gpus = driver("-DOLD").look(HOST).gpus();

        assertEquals(
                List.of("NVIDIA L4", "NVIDIA A100-SXM4-40GB"),
                gpus.stream().map(Gpu::name).toList());
        assertEquals(22000 * MIB, gpus.getFirst().memory().freeBytes());
        assertEquals(1034 * MIB, gpus.getFirst().memory().usedBytes(), "the driver's reserve counts as used");
    }

    @Test
    void aCardWithoutMemoryOfItsOwnHasTheHosts() throws Exception {
        Sighting sighting = driver("-DUNIFIED").look(HOST);
        Gpu spark = sighting.gpus().getFirst();

        assertTrue(spark.unifiedMemory());
        assertEquals(HOST.memoryBytes(), spark.memory().totalBytes());
        assertEquals(HOST.freeBytes(), spark.memory().freeBytes());
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

    @ParameterizedTest(name = "{0} answers {1}")
    @MethodSource("refusals")
    void whateverIsRefusedIsToldOrLeftEmpty(String function, int status) throws Exception {
        NvmlSource nvml = driver("-DREFUSES");
        fail("-DREFUSES", function, status);

        Hardware hardware = new HardwareProbe(folder, Duration.ofSeconds(60), List.of(nvml)).look(VisibleDevices.ALL);

        String reason = hardware.findings().getFirst().reason();
        boolean told = reason.contains("nvml") && reason.contains("(" + status + ")");
        boolean empty = hardware.gpus().stream().anyMatch(gpu -> gpu.toString().contains("=,"))
                || reason.contains("unnamed GPU");
        boolean shared = status == 3 && hardware.gpus().stream().anyMatch(Gpu::unifiedMemory);
        boolean optional = List.of("nvmlDeviceGetMigMode", "nvmlDeviceGetComputeRunning", "nvmlDeviceGetMemoryInfo_v2")
                .contains(function);
        assertTrue(told || empty || shared || (optional && !hardware.gpus().isEmpty()), reason + " " + hardware.gpus());
        assertFalse(hardware.gpus().stream().anyMatch(gpu -> gpu.mig() && gpu.unifiedMemory()), "a slice is no host");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                        "nvmlInit_v2",
                        "nvmlSystemGetDriverVersion",
                        "nvmlSystemGetCudaDriverVersion_v2",
                        "nvmlDeviceGetCount_v2",
                        "nvmlDeviceGetHandleByIndex_v2",
                        "nvmlDeviceGetName",
                        "nvmlDeviceGetUUID",
                        "nvmlDeviceGetMemoryInfo",
                        "nvmlDeviceGetMemoryInfo_v2",
                        "nvmlDeviceGetMigMode",
                        "nvmlDeviceGetMaxMigDeviceCount",
                        "nvmlDeviceGetCudaComputeCapability",
                        "nvmlDeviceGetComputeRunning",
                        "nvml")
                .flatMap(function -> Stream.of(1, 3, 4, 15, 999) // uninitialised, not supported, no permission, lost
                        .map(status -> Arguments.of(function, status)));
    }

    @Test
    void aDriverThatHangsLaterIsNotWaitedForEither() throws Exception {
        NvmlSource nvml = driver("-DHANGS_LATER");
        fail("-DHANGS_LATER", "nvmlDeviceGetMemoryInfo", -1);

        Hardware hardware = new HardwareProbe(folder, Duration.ofMillis(100), List.of(nvml)).look(VisibleDevices.ALL);

        assertEquals(
                "nvml did not answer within 0.1 s",
                hardware.findings().getFirst().reason());
        assertEquals(
                Optional.empty(), nvml.memory("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"), "and is not asked again");
    }

    @Test
    void aDriverThatHangsWhileItServesLeavesTheLastReading() throws Exception {
        NvmlSource nvml = driver("-DHANGS_WHILE_IT_SERVES");
        Gpu gpu = nvml.look(HOST).gpus().getFirst();
        GpuMemoryReader reader =
                new GpuMemoryReader("headroom-memory-stub", () -> nvml.memory(gpu.uuid()), Duration.ofMillis(1));
        while (reader.last().isEmpty()) {
            reader.now();
        }
        while (readings() > 0) {
            Thread.onSpinWait(); // what was asked before is answered
        }
        fail("-DHANGS_WHILE_IT_SERVES", "nvmlDeviceGetMemoryInfo", -1);
        long readNanos = reader.readNanos();

        for (int question = 0; question < 100; question++) {
            assertEquals(600 * MIB, reader.now().orElseThrow().usedBytes());
        }
        assertEquals(1, readings());
        assertEquals(readNanos, reader.readNanos());
    }

    private static long readings() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("headroom-memory-stub"))
                .count();
    }

    @Test
    void aSliceThatCannotBeReadDoesNotHideTheOthers() throws Exception {
        Sighting sighting = driver("-DONE_SLICE_LOST").look(HOST);

        assertEquals(
                List.of("NVIDIA L4", "NVIDIA A100-SXM4-40GB MIG 1g.5gb"),
                sighting.gpus().stream().map(Gpu::name).toList());
        assertTrue(
                sighting.reason()
                        .contains("a slice of GPU 1 is left out: nvmlDeviceGetMemoryInfo: GPU is lost (15); GPU 2"),
                sighting.reason());
    }

    @Test
    void neitherFreeNorUsedExceedsTheTotal() throws Exception {
        Gpu gpu = driver("-DNONSENSE").look(HOST).gpus().getFirst();

        assertEquals(23034 * MIB, gpu.memory().freeBytes());
        assertEquals(0, gpu.memory().usedBytes(), "-1 is NVML's word for unknown");
    }

    @Test
    void tellsWhoElseHoldsMemory() throws Exception {
        String reason = driver("-DWHOLE").look(HOST).reason();

        assertTrue(reason.contains("; pid 4713 holds 498 MiB and pid 4711 holds 100 MiB of GPU 0; "), reason);
    }

    @Test
    void aDriverWithoutGpusSaysSo() throws Exception {
        assertEquals(
                "no GPU that can be used; the driver counts none",
                driver("-DEMPTY").look(HOST).reason());
    }

    @Test
    void aDriverWithoutWordsIsQuotedByItsNumber() throws Exception {
        NvmlSource nvml = driver("-DMUTE");

        assertEquals(
                "nvmlInit_v2: error (9)",
                assertThrows(NvmlRefused.class, () -> nvml.look(HOST)).getMessage());
    }

    /** Makes a variant of the stub refuse what is asked of it. */
    private static void fail(String variant, String function, int status) {
        String library = folder.resolve("libnvidia-ml" + variant + ".so").toString();
        MemorySegment name = Arena.ofAuto().allocateFrom(function);
        assertEquals(Optional.of(0), NativeLibrary.load(List.of(library), "").callForInt("stub_fail", name, status));
    }

    private static Gpu slice(String uuid, String profile, long totalMib, long usedMib) {
        return new Gpu(
                1,
                uuid,
                "NVIDIA A100-SXM4-40GB MIG " + profile,
                new GpuMemory(totalMib * MIB, (totalMib - usedMib) * MIB, usedMib * MIB),
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
