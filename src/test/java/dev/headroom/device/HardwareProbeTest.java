package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareProbeTest {

    private static final Gpu L4 = gpu(0, "GPU-a");
    private static final Gpu SECOND_L4 = gpu(1, "GPU-b");

    @TempDir
    private Path root;

    @Test
    void theFirstSourceThatSeesAGpuIsUsedAndNoOtherIsAsked() {
        Hardware hardware = probe(sees(L4), new Source("nvidia-smi", () -> {
            throw new AssertionError("asked");
        }));

        assertEquals(List.of(L4), hardware.gpus());
        assertEquals(
                List.of("nvml USED: NVIDIA L4 (driver 550, CUDA 12.4)"),
                told(hardware).subList(0, 1));
        assertEquals(List.of("nvml", "host"), sources(hardware));
    }

    @Test
    void aSourceThatFailsIsPassedOverWithItsReason() {
        Hardware hardware = probe(
                new Source("nvml", () -> {
                    throw new IllegalStateException("no driver is installed");
                }),
                new Source("nvidia-smi", () -> Sighting.of(List.of(L4), List.of())));

        assertEquals(List.of(L4), hardware.gpus());
        assertEquals(
                List.of(
                        "nvml PASSED_OVER: no driver is installed",
                        "nvidia-smi USED: NVIDIA L4 (driver 550, CUDA 12.4)"),
                told(hardware).subList(0, 2));
    }

    @Test
    void anErrorWithoutAMessageIsAReasonToo() {
        Hardware hardware = probe(new Source("nvml", () -> {
            throw new NoClassDefFoundError();
        }));

        assertEquals(
                "nvml PASSED_OVER: java.lang.NoClassDefFoundError",
                told(hardware).getFirst());
    }

    @Test
    void aSourceThatHangsIsInterruptedAndPassedOver() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        GpuSource hanging = new Source("nvml", () -> {
            try {
                return new CompletableFuture<Sighting>().get();
            } finally {
                interrupted.countDown();
            }
        });

        Hardware hardware = new HardwareProbe(root, Duration.ofMillis(50), List.of(hanging)).look(VisibleDevices.ALL);

        assertEquals(
                "nvml PASSED_OVER: nvml did not answer within 0.05 s",
                told(hardware).getFirst());
        assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    }

    @Test
    void withoutAGpuThereIsTheHost() {
        Hardware hardware = probe();

        assertEquals(List.of(), hardware.gpus());
        assertEquals(List.of("host"), sources(hardware));
        assertTrue(told(hardware)
                .getFirst()
                .startsWith("host USED: " + hardware.host().cores() + " cores, "));
    }

    @Test
    void whatIsHiddenIsToldAndAskedOfNobodyElse() {
        Hardware hardware = probe(new VisibleDevices("", null), sees(L4, SECOND_L4), new Source("nvidia-smi", () -> {
            throw new AssertionError("asked");
        }));

        assertEquals(List.of(), hardware.gpus());
        assertEquals(
                "nvml PASSED_OVER: NVIDIA L4, NVIDIA L4 (driver 550, CUDA 12.4); CUDA_VISIBLE_DEVICES= hides 2 of 2"
                        + " devices: it ends at \"\", which is no device here",
                told(hardware).getFirst());
    }

    @Test
    void nvidiaVisibleDevicesHoldsOnABareMachine() {
        assertEquals(
                List.of(), probe(new VisibleDevices(null, "void"), sees(L4)).gpus());
    }

    @Test
    void nvidiaVisibleDevicesWasCarriedOutWhereARuntimeGaveTheDriverToTheContainer() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                root.resolve("proc/self/mountinfo"),
                "1432 1379 8:1 /usr/lib/libnvidia-ml.so.550.54.15 /usr/lib/libnvidia-ml.so.550.54.15 ro - ext4"
                        + " /dev/a\n");

        assertEquals(
                List.of(L4), probe(new VisibleDevices(null, "void"), sees(L4)).gpus(), "as CDI says");
        assertEquals(List.of(L4), probe(new VisibleDevices(null, "5"), sees(L4)).gpus(), "the host's number");
        assertEquals(List.of(), probe(new VisibleDevices("5", "5"), sees(L4)).gpus(), "but CUDA reads its own");
    }

    @Test
    void thisMachineIsProbedWithoutAnException() {
        Hardware hardware = HardwareProbe.probe(VisibleDevices.ALL);

        assertEquals("host", hardware.findings().getLast().source());
        assertFalse(hardware.findings().stream()
                .anyMatch(finding -> finding.reason().isBlank()));
    }

    private Hardware probe(GpuSource... sources) {
        return probe(VisibleDevices.ALL, sources);
    }

    private Hardware probe(VisibleDevices visible, GpuSource... sources) {
        return new HardwareProbe(root, Duration.ofSeconds(60), List.of(sources)).look(visible);
    }

    private static Source sees(Gpu... gpus) {
        return new Source("nvml", () -> Sighting.of(List.of(gpus), List.of()));
    }

    private static List<String> sources(Hardware hardware) {
        return hardware.findings().stream().map(Finding::source).toList();
    }

    private static List<String> told(Hardware hardware) {
        return hardware.findings().stream()
                .map(finding -> finding.source() + " " + finding.answer() + ": " + finding.reason())
                .toList();
    }

    private static Gpu gpu(int index, String uuid) {
        return new Gpu(index, uuid, "NVIDIA L4", new GpuMemory(1, 1, 0), "8.9", "550", "12.4", false, false);
    }

    private record Source(String name, Callable<Sighting> answer) implements GpuSource {

        @Override
        public Sighting look(Host host) throws Exception {
            return answer.call();
        }
    }
}
