package dev.headroom.serving;

import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Opening;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.session.OrtRuntime;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code headroom.state-dir}, as models on one device use it.
 *
 * @param folder empty where nothing is kept
 * @param totalBytes the device's memory, or the limit that was set where that is less
 * @param availableBytes memory of the device that was there for this process when it started
 */
record StateFolder(Optional<Path> folder, Machine machine, long totalBytes, long availableBytes) {

    /** The folder as a process uses it that starts with this planner and so many models. */
    static StateFolder of(Optional<Path> folder, Machine machine, Planner planner, int models) {
        return new StateFolder(folder, machine, planner.totalBytes(), planner.availableBytes(models));
    }

    /** The calibrations of all models. */
    StateStore<Calibration> calibrations() {
        return StateStore.calibrations(folder);
    }

    /** The openings of all models. */
    StateStore<Opening> openings() {
        return StateStore.openings(folder);
    }

    /** Keeps a model's limits. */
    LimitKeeper limits(StateKey key) {
        return new LimitKeeper(StateStore.limits(folder), key, availableBytes);
    }

    /** The key of a model whose sessions have so many threads. */
    StateKey key(ModelSpec spec, int threads) {
        ServingDevice device = machine.device();
        Hardware hardware = machine.hardware();
        String driver =
                hardware.gpus().stream().map(Gpu::driverVersion).findFirst().orElse("");
        return new StateKey(
                spec.name(),
                spec.fingerprint(),
                spec.task().elementsPerItem(),
                device.name(),
                device.gpu() ? totalBytes : rounded(totalBytes),
                device.gpu() ? driver : "",
                hardware.host().cores(),
                threads,
                OrtRuntime.version());
    }

    /** Rounds the memory of a host, because hosts of one kind differ by some pages. */
    private static long rounded(long bytes) {
        long step = Math.max(1, Long.highestOneBit(bytes) >> 6);
        return (bytes + step / 2) / step * step;
    }
}
