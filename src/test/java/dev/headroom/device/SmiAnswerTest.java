package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as nvidia-smi prints them. */
class SmiAnswerTest {

    private static final long MIB = 1L << 20;
    private static final Host HOST = new Host(20, "a CPU", 120_000 * MIB, 100_000 * MIB, "RAM");
    private static final String RTX_4090 =
            "0, GPU-8932f937, NVIDIA GeForce RTX 4090, 24564, 23028, 1153, 8.9, 550.54.15, [N/A]\n";
    private static final String H200 = "1, GPU-aa, NVIDIA H200, 143771, 143100, 1, 9.0, 550.54.15, Disabled\n";

    @Test
    void readsEveryColumnOfACard() {
        Gpu expected = new Gpu(
                0,
                "GPU-8932f937",
                "NVIDIA GeForce RTX 4090",
                new GpuMemory(24564 * MIB, 23028 * MIB, 1153 * MIB),
                "8.9",
                "550.54.15",
                "",
                false,
                false);

        Sighting sighting = look(0, RTX_4090);

        assertEquals(List.of(expected), sighting.gpus());
        assertEquals("NVIDIA GeForce RTX 4090 (driver 550.54.15)", sighting.reason());
    }

    @Test
    void readsSeveralCardsAndTellsAWarningBetweenThem() {
        Sighting sighting = look(14, RTX_4090 + "\nWARNING: infoROM is corrupted at gpu 0000:3B:00.0\r\n" + H200);

        assertEquals(List.of(0, 1), sighting.gpus().stream().map(Gpu::index).toList());
        assertTrue(
                sighting.reason().endsWith("; WARNING: infoROM is corrupted at gpu 0000:3B:00.0; exit status 14"),
                sighting.reason());
    }

    @ParameterizedTest
    @CsvSource({"[N/A]", "N/A", "[Not Supported]"})
    void aCardWithoutMemoryOfItsOwnHasTheHosts(String none) {
        String line = "0, GPU-2dee, NVIDIA GB10, %s, %s, %s, 12.1, 580.142, [N/A]\n".formatted(none, none, none);

        Sighting sighting = look(0, line);
        Gpu spark = sighting.gpus().getFirst();

        assertTrue(spark.unifiedMemory());
        assertEquals(HOST.memoryBytes(), spark.memory().totalBytes());
        assertEquals(HOST.freeBytes(), spark.memory().freeBytes());
        assertTrue(sighting.reason().endsWith("GPU 0 has no memory of its own and shares the host's"));
    }

    @Test
    void whatADriverDoesNotTellIsEmptyAndTheRestIsRead() {
        Gpu gpu = look(0, "0, [N/A], Tesla K80, 11441, [N/A], 41, [N/A], [Unknown Error], [N/A]\n")
                .gpus()
                .getFirst();

        assertEquals(
                new Gpu(
                        0,
                        "",
                        "Tesla K80",
                        new GpuMemory(11441 * MIB, 11400 * MIB, 41 * MIB),
                        "",
                        "",
                        "",
                        false,
                        false),
                gpu);
    }

    @Test
    void aSplitCardIsLeftOutForItsSizeIsNotItsSlices() {
        Sighting sighting = look(0, "0, GPU-aa, NVIDIA A100, 81920, 81833, 87, 8.0, 535.129.03, Enabled\n" + H200);

        assertEquals(
                List.of("NVIDIA H200"), sighting.gpus().stream().map(Gpu::name).toList());
        assertTrue(sighting.reason().contains("GPU 0 is left out: MIG is on"), sighting.reason());
    }

    @Test
    void aCommaInANameIsPartOfTheName() {
        Sighting sighting = look(0, RTX_4090.replace("RTX 4090", "RTX 4090, Founders, 1st") + H200);

        assertEquals(
                List.of("NVIDIA GeForce RTX 4090, Founders, 1st", "NVIDIA H200"),
                sighting.gpus().stream().map(Gpu::name).toList());
        assertEquals(24564 * MIB, sighting.gpus().getFirst().memory().totalBytes());
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreNoPartOfTheRows() {
        Sighting sighting = look(0, "\uFEFF" + (RTX_4090 + H200).replace("\n", "\r\n"));

        assertEquals(List.of(0, 1), sighting.gpus().stream().map(Gpu::index).toList());
        assertEquals("NVIDIA GeForce RTX 4090, NVIDIA H200 (driver 550.54.15)", sighting.reason());
    }

    @Test
    void cardsOfSeveralSizesKeepTheirOwn() {
        assertEquals(
                List.of(24564 * MIB, 143771 * MIB),
                look(0, RTX_4090 + H200).gpus().stream()
                        .map(gpu -> gpu.memory().totalBytes())
                        .toList());
    }

    @Test
    void aCardOfNoSizeHasTheHostsMemory() {
        Gpu gpu = look(0, RTX_4090.replace("24564", "0")).gpus().getFirst();

        assertTrue(gpu.unifiedMemory());
        assertEquals(HOST.memoryBytes(), gpu.memory().totalBytes());
    }

    @Test
    void neitherFreeNorUsedExceedsTheTotal() {
        Gpu gpu = look(0, "0, GPU-a, NVIDIA L4, 23034, 99999, 88888, 8.9, 550, [N/A]\n")
                .gpus()
                .getFirst();

        assertEquals(23034 * MIB, gpu.memory().freeBytes());
        assertEquals(23034 * MIB, gpu.memory().usedBytes());
    }

    @Test
    void whatIsNotFreeIsUsedWhereOnlyTheFreeIsTold() {
        Gpu gpu = look(0, "0, GPU-a, NVIDIA L4, 23034, 20000, [N/A], 8.9, 550, [N/A]\n")
                .gpus()
                .getFirst();

        assertEquals(3034 * MIB, gpu.memory().usedBytes());
    }

    @Test
    void aCardWithoutANameIsCalledSo() {
        assertEquals(
                "unnamed GPU (driver 550)",
                look(0, "0, GPU-a, [Unknown Error], 23034, 22000, 600, 8.9, 550, [N/A]")
                        .reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[Unknown Error]", "[GPU requires reset]", "[GPU is lost]", "ERR!", ""})
    void aBrokenCardIsLeftOutAndTheOthersAreRead(String broken) {
        Sighting sighting = look(0, RTX_4090.replace("24564", broken) + H200);

        assertEquals(
                List.of("NVIDIA H200"), sighting.gpus().stream().map(Gpu::name).toList());
        assertTrue(
                sighting.reason().endsWith("GPU 0 is left out: its memory is said to be " + broken), sighting.reason());
    }

    @Test
    void aCardWhoseMemoryMayNotBeReadIsLeftOut() {
        String reason =
                look(0, RTX_4090.replace("24564", "[Insufficient Permissions]")).reason();

        assertEquals(
                "no GPU that can be used; GPU 0 is left out: its memory is said to be [Insufficient Permissions]",
                reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6 | No devices were found",
                "9 | NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
                "9 | NVIDIA-SMI ist fehlgeschlagen, da keine Verbindung zum Treiber möglich war.",
                "127 | sh: 1: nvidia-smi: не найдено",
                "18 | Failed to initialize NVML: Driver/library version mismatch"
            })
    void anErrorInAnyLanguageIsTheReason(int exit, String error) {
        Sighting sighting = look(exit, "\n" + error + "\nMake sure that the latest driver is installed.\n");

        assertEquals(List.of(), sighting.gpus());
        assertEquals(
                "no GPU that can be used; " + error + " Make sure that the latest driver is installed.; exit status "
                        + exit,
                sighting.reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover"
                        + " this GPU",
                "ERROR: ld.so: object 'libhook.so' from LD_PRELOAD cannot be preloaded: ignored.\nNo devices were found",
                "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.\n\nPlease make sure that the NVIDIA"
                        + " Display Driver is properly installed and present in your system.",
                "NVIDIA-SMI は NVIDIA ドライバーと通信できなかったため失敗しました。",
                "无法与 NVIDIA 驱动程序通信，NVIDIA-SMI 失败。"
            })
    void anErrorIsToldToItsLastLineWhateverTheExitStatus(String error) {
        assertEquals(
                "no GPU that can be used; "
                        + String.join(
                                " ",
                                error.lines().filter(line -> !line.isEmpty()).toList()),
                look(0, error + "\n").reason());
    }

    @Test
    void aWarningThatRepeatsIsToldOnce() {
        assertEquals(
                "no GPU that can be used; again", look(0, "again\n".repeat(50)).reason());
    }

    @Test
    void whatATerminalWouldObeyIsLeftOut() {
        assertEquals(
                "no GPU that can be used; [31mfailed",
                look(0, "\u001b[31mfai\0led\u0085\n").reason());
    }

    @Test
    void silenceIsToldToo() {
        assertEquals(
                "no GPU that can be used; nothing was printed", look(0, "\n \n").reason());
    }

    @Test
    void aLongErrorIsCutShort() {
        assertTrue(look(1, "x".repeat(5000)).reason().length() < 300);
    }

    @Test
    void columnsThatAnOlderDriverRefusesAreKnownByTheirName() {
        String refusal = "Field \"compute_cap\" is not a valid field to query.\n\n";

        assertEquals(Set.of("compute_cap"), new SmiAnswer(SmiAnswer.FIELDS, 2, refusal).unknownFields());
        assertEquals(Set.of(), new SmiAnswer(SmiAnswer.FIELDS, 0, RTX_4090).unknownFields());
    }

    private static Sighting look(int exit, String text) {
        return new SmiAnswer(SmiAnswer.FIELDS, exit, text).sighting(HOST);
    }
}
