package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code headroom.memory.limit} on a virtual GPU: the process holds no more, whatever models and batches there are. */
@Tag("vgpu")
@Timeout(180)
class MemoryLimitVgpuIT {

    private static final double WEIGHTS_MIB = 86.1;

    private static Path models(Path folder, int count) throws IOException {
        Path model = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        for (int i = 0; i < count; i++) {
            Files.createSymbolicLink(folder.resolve("m" + i), model);
        }
        return folder;
    }

    /** Batches of mixed lengths fit as planned: none fails and none is halved. */
    @ParameterizedTest(name = "{0} models within {1} MiB")
    @CsvSource({"1, 440", "2, 700", "3, 1500"})
    void theProcessNeverHoldsMoreThanTheLimit(int count, long mib, @TempDir Path folder) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(
                        gpu,
                        "headroom.device=gpu",
                        "headroom.calibration=startup",
                        "headroom.memory.limit=" + mib + "M",
                        "headroom.models=" + models(folder, count))
                .listening()) {
            long calibrated = gpu.card(0).refusedAllocations();
            for (int model = 0; model < count; model++) {
                try (VgpuCallers few = new VgpuCallers(service, "m" + model, 2, 40, 5);
                        VgpuCallers many = new VgpuCallers(service, "m" + model, 2, 7, 250)) {
                    few.await(10);
                    many.await(10);
                    few.end();
                    many.end();
                    assertEquals(0, few.toldToRetry() + many.toldToRetry() + few.cutOff() + many.cutOff());
                }
            }
            assertTrue(
                    gpu.card(0).peakBytes(service.pid()) <= mib << 20,
                    () -> "peak of " + (gpu.card(0).peakBytes(service.pid()) >> 20) + " MiB\n" + service.log());
            assertEquals(calibrated, gpu.card(0).refusedAllocations());
            for (int model = 0; model < count; model++) {
                assertEquals(0, service.metric("headroom_batch_retries_total{model=\"m" + model + "\""), service.log());
            }
            assertTrue(service.metric("headroom_device_memory_bytes{kind=\"total\"") <= mib << 20);
        }
    }

    @Test
    void aLimitThatLeavesNoRoomForTheWeightsIsRefusedWithTheNumbers() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(gpu, "headroom.device=gpu", "headroom.memory.limit=300M")) {
            assertEquals(1, service.exitStatus(), service.log());
            assertTrue(
                    service.log()
                            .matches(
                                    "(?s).*headroom.memory.limit leaves .* \\(300.0 MiB of headroom.memory.limit - .* of"
                                            + " CUDA's own\\) for all-minilm-l6-v2, whose weights alone take 86.1 MiB.*"),
                    service.log());
        }
    }

    /** The prediction is within a tenth of a batch that it was not made from, also where batches fill the arena. */
    @ParameterizedTest(name = "within {0} MiB")
    @ValueSource(ints = {470, 900, 1500})
    void theMemoryOfABatchIsPredicted(int mib) throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        try (ServiceProcess service = ServiceProcess.start(
                        gpu,
                        "headroom.device=gpu",
                        "headroom.calibration=startup",
                        "headroom.memory.limit=" + mib + "M")
                .listening()) {
            List<Double> check = Pattern.compile("predicted ([\\d.,]+) MiB, took ([\\d.,]+) MiB")
                    .matcher(service.log())
                    .results()
                    .flatMap(match -> Stream.of(match.group(1), match.group(2)))
                    .map(number -> Double.valueOf(number.replace(",", "")))
                    .toList();
            assertEquals(2, check.size(), service.log());
            assertEquals(1, (check.get(0) - WEIGHTS_MIB) / (check.get(1) - WEIGHTS_MIB), 0.1, service.log());
        }
    }
}
