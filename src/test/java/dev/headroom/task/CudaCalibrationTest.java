package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.calibration.CalibrationBudget;
import dev.headroom.calibration.Calibrator;
import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemoryHeld;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.CudaArena;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cuda;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.task.image.ImageLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real GPU measured through NVML: {@code ./mvnw -Pgpu test -Dgroups=gpu -DexcludedGroups=}. */
@Tag("gpu")
class CudaCalibrationTest {

    @Test
    void memoryIsPredictedWithinATenth() throws Exception {
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        Gpu gpu = HardwareProbe.probe(VisibleDevices.ALL).gpus().getFirst();
        DeviceThread device = new DeviceThread("cuda");
        DeviceMemory memory = device.call(
                () -> new CudaArena(gpu.index(), gpu.memory().freeBytes() - (2L << 30), new GpuMemoryHeld(gpu)));
        Gate gate = new Gate(device, memory);
        long before = memory.heldBytes();
        Model model = device.call(() -> OnnxModel.open(spec, new Cuda(gpu.index())));
        ModelTask task = new ModelTask(
                TaskFiles.read(spec.task()), model, Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26)));
        Calibrator calibrator = task.calibrator(model, memory, memory.heldBytes() - before);
        device.run(() -> task.warmUp(calibrator));
        task.warmUpLongest(calibrator, gate);

        Calibration measured = calibrator.sweep(
                gate,
                new CalibrationBudget((long) (0.8 * memory.freeBytes()), Duration.ofSeconds(1)),
                () -> Duration.ofDays(1));

        System.out.println(measured);
        Calibration.Check check = measured.check().orElseThrow();
        assertEquals(1, (double) check.predictedBytes() / check.actualBytes(), 0.1, check.toString());
        assertTrue(measured.kneeOfShortRows().batch() > 1);
    }
}
