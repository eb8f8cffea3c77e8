package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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

/** The way into NVML and back, against a C library of known answers in the place of the driver's. */
class NvmlSourceTest {

    private static final long MIB = 1L << 20;
    private static final Host HOST = new Host(20, "a CPU", 120_000 * MIB, 100_000 * MIB, "RAM");

    private static final String[] CARDS = {
        "NVIDIA L4:23034:8.9:434",
        "NVIDIA A100-SXM4-40GB:40960:8.0",
        "/NVIDIA A100-SXM4-40GB MIG 3g.20gb:19968",
        "/NVIDIA A100-SXM4-40GB MIG 1g.5gb:4864",
        "NVIDIA T4:15360:7.5"
    };
    private static final int L4 = 0;
    private static final int LARGER_SLICE = 2;
    private static final int SMALLER_SLICE = 3;
    private static final int LOST = 4;
    private static final int DRIVER_NOT_LOADED = 9;
    private static final int ELF_MACHINE = 18; // where a library's file names its processor
    private static final byte ELF_AARCH64 = (byte) 183;

    @TempDir
    private static Path folder;

    private static VirtualGpu refusing;

    @Test
    void readsACardAndTheSlicesOfASplitOne() throws Exception {
        Sighting sighting = driver(cards()).look(HOST);

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
        String reason = driver(cards()).look(HOST).reason();

        assertTrue(reason.contains("GPU 2 is left out: nvmlDeviceGetHandleByIndex_v2: GPU is lost (15)"), reason);
    }

    @Test
    void aDriverWithoutTheNewerFunctionsIsReadAllTheSame() throws Exception {
        List<Gpu> gpus =
                driver(withTenants(VirtualGpu.ofOldDriver(CARDS))).look(HOST).gpus();

        assertEquals(
                List.of("NVIDIA L4", "NVIDIA A100-SXM4-40GB"),
                gpus.stream().map(Gpu::name).toList());
        assertEquals(22000 * MIB, gpus.getFirst().memory().freeBytes());
        assertEquals(1034 * MIB, gpus.getFirst().memory().usedBytes(), "the driver's reserve counts as used");
    }

    @Test
    void aCardWithoutMemoryOfItsOwnHasTheHosts() throws Exception {
        Sighting sighting = driver(VirtualGpu.of("NVIDIA GB10:0:12.1")).look(HOST);
        Gpu spark = sighting.gpus().getFirst();

        assertTrue(spark.unifiedMemory());
        assertEquals(HOST.memoryBytes(), spark.memory().totalBytes());
        assertEquals(HOST.freeBytes(), spark.memory().freeBytes());
        assertTrue(sighting.reason().contains("GPU 0 has no memory of its own"), sighting.reason());
    }

    @Test
    void readsTheMemoryOfACardOrSliceAgain() throws Exception {
        NvmlSource nvml = driver(cards());
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
        VirtualGpu gpu = cards();
        gpu.refuse("nvmlInit_v2", DRIVER_NOT_LOADED);
        NvmlSource nvml = driver(gpu);

        NvmlRefused refused = assertThrows(NvmlRefused.class, () -> nvml.look(HOST));

        assertEquals("nvmlInit_v2: Driver Not Loaded (9)", refused.getMessage());
    }

    @Test
    void aDriverThatHangsIsNotWaitedFor() throws Exception {
        VirtualGpu gpu = cards();
        gpu.hang("nvmlInit_v2");
        List<GpuSource> sources = List.of(driver(gpu));

        Hardware hardware = new HardwareProbe(folder, Duration.ofMillis(100), sources).look(VisibleDevices.ALL);

        assertEquals(
                "nvml did not answer within 0.1 s",
                hardware.findings().getFirst().reason());
    }

    @Test
    void aMissingLibraryAndABrokenOneAreToldApart() throws Exception {
        NvmlSource absent = new NvmlSource(List.of("libnvidia-ml-absent.so.1", "/absent/libnvidia-ml.so.1"));
        byte[] library = Files.readAllBytes(cards().library("libnvidia-ml.so.1"));
        library[ELF_MACHINE] = ELF_AARCH64;
        Path file = Files.write(folder.resolve("libnvidia-ml.so.1"), library);
        NvmlSource broken = new NvmlSource(List.of(file.toString()));

        String none = assertThrows(IllegalStateException.class, () -> absent.look(HOST))
                .getMessage();
        String bad = assertThrows(IllegalStateException.class, () -> broken.look(HOST))
                .getMessage();

        assertTrue(none.startsWith("libnvidia-ml-absent.so.1 is not on this machine: no NVIDIA driver"), none);
        assertTrue(bad.startsWith(file + " does not load"), bad);
    }

    @ParameterizedTest(name = "{0} answers {1}")
    @MethodSource("refusals")
    void whateverIsRefusedIsToldOrLeftEmpty(String function, int status) throws Exception {
        VirtualGpu cards = refusing();
        cards.refuse(function, status);

        Hardware hardware =
                new HardwareProbe(folder, Duration.ofSeconds(60), List.of(driver(cards))).look(VisibleDevices.ALL);

        cards.refuseNothing();
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
        VirtualGpu gpu = cards();
        gpu.hang("nvmlDeviceGetMemoryInfo");
        NvmlSource nvml = driver(gpu);

        Hardware hardware = new HardwareProbe(folder, Duration.ofMillis(100), List.of(nvml)).look(VisibleDevices.ALL);

        assertEquals(
                "nvml did not answer within 0.1 s",
                hardware.findings().getFirst().reason());
        assertEquals(
                Optional.empty(), nvml.memory("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"), "and is not asked again");
    }

    @Test
    void aDriverThatHangsWhileItServesLeavesTheLastReading() throws Exception {
        VirtualGpu cards = cards();
        NvmlSource nvml = driver(cards);
        Gpu gpu = nvml.look(HOST).gpus().getFirst();
        GpuMemoryReader reader =
                new GpuMemoryReader("headroom-memory-stub", () -> nvml.memory(gpu.uuid()), Duration.ofMillis(1));
        while (reader.last().isEmpty()) {
            reader.now();
        }
        while (readings() > 0) {
            Thread.onSpinWait(); // what was asked before is answered
        }
        cards.hang("nvmlDeviceGetMemoryInfo");
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
        VirtualGpu gpu = cards();
        gpu.card(LARGER_SLICE).fallOffTheBus();
        Sighting sighting = driver(gpu).look(HOST);

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
        VirtualGpu cards = cards();
        cards.card(L4).tellNonsense();
        Gpu gpu = driver(cards).look(HOST).gpus().getFirst();

        assertEquals(23034 * MIB, gpu.memory().freeBytes());
        assertEquals(0, gpu.memory().usedBytes(), "-1 is NVML's word for unknown");
    }

    @Test
    void tellsWhoElseHoldsMemory() throws Exception {
        String reason = driver(cards()).look(HOST).reason();

        assertTrue(reason.contains("; pid 4713 holds 498 MiB and pid 4711 holds 100 MiB of GPU 0; "), reason);
    }

    @Test
    void aDriverWithoutGpusSaysSo() throws Exception {
        assertEquals(
                "no GPU that can be used; the driver counts none",
                driver(VirtualGpu.of()).look(HOST).reason());
    }

    @Test
    void aDriverWithoutWordsIsQuotedByItsNumber() throws Exception {
        VirtualGpu gpu = cards();
        gpu.refuse("nvmlInit_v2", DRIVER_NOT_LOADED);
        gpu.refuse("nvmlErrorString", DRIVER_NOT_LOADED);
        NvmlSource nvml = driver(gpu);

        assertEquals(
                "nvmlInit_v2: error (9)",
                assertThrows(NvmlRefused.class, () -> nvml.look(HOST)).getMessage());
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

    /** An L4, an A100 in two slices, and a card that has fallen off the bus. */
    private static VirtualGpu cards() throws IOException, InterruptedException {
        return withTenants(VirtualGpu.of(CARDS));
    }

    /** The L4 serves four processes, one of which it does not know the share of and one of which is this one. */
    private static VirtualGpu withTenants(VirtualGpu gpu) {
        gpu.card(L4).uuid("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6");
        gpu.card(L4).tenant(0, 4711, 100 * MIB);
        gpu.card(L4).tenant(1, 4712, -1);
        gpu.card(L4).tenant(2, (int) ProcessHandle.current().pid(), 2 * MIB);
        gpu.card(L4).tenant(3, 4713, 498 * MIB);
        gpu.card(LARGER_SLICE).uuid("MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f");
        gpu.card(LARGER_SLICE).coTenant(12);
        gpu.card(SMALLER_SLICE).uuid("MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb");
        gpu.card(SMALLER_SLICE).coTenant(3);
        gpu.card(SMALLER_SLICE).place(2);
        gpu.card(LOST).fallOffTheBus();
        return gpu;
    }

    /** The cards that all refusals share. */
    private static VirtualGpu refusing() throws IOException, InterruptedException {
        if (refusing == null) {
            refusing = cards();
        }
        return refusing;
    }

    private static NvmlSource driver(VirtualGpu gpu) {
        return new NvmlSource(List.of(gpu.library("libnvidia-ml.so.1").toString()));
    }
}
