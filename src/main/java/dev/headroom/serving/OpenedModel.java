package dev.headroom.serving;

import dev.headroom.calibration.Calibrator;
import dev.headroom.serving.ServedDevice.Opened;
import dev.headroom.session.DeviceThread;
import dev.headroom.task.ModelTask;
import java.util.List;
import java.util.stream.IntStream;

/** A model that is open on every device. */
public record OpenedModel(ModelTask task, List<Opened> opened, List<Calibrator> calibrators) {

    /** In the devices' order. */
    public static OpenedModel of(ModelTask task, List<Opened> opened) {
        List<Calibrator> calibrators = opened.stream()
                .map(one -> task.calibrator(one.model(), one.device().memory(), one.takenBytes()))
                .toList();
        return new OpenedModel(task, opened, calibrators);
    }

    /** Runs the first batches, on all devices at a time. */
    public void warmUp() {
        DeviceThread.joinAll(IntStream.range(0, opened.size())
                .mapToObj(i -> opened.get(i).device().run(() -> task.warmUp(calibrators.get(i))))
                .toList());
    }
}
