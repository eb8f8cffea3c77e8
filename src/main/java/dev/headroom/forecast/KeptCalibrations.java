package dev.headroom.forecast;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The measurements that starts on other devices have kept, for plans of devices that are not in this machine.
 *
 * @param kept the measurements, by the key that each holds for
 */
public record KeptCalibrations(Map<StateKey, Calibration> kept) {

    /** Reads all measurements in {@code headroom.state-dir}; none where {@code headroom.calibration} is off. */
    public static KeptCalibrations of(HeadroomConfig config) {
        return new KeptCalibrations(
                config.calibration() == CalibrationMode.OFF
                        ? Map.of()
                        : StateStore.calibrations(config.stateDir()).all());
    }

    /**
     * The model with the last measurement on a device of this name, or unchanged where there is none.
     *
     * @param fingerprint the fingerprint of the model's content, computed only when a measurement may be its own
     * @param planner the planner for the device; like a start there, it ignores a measurement that had less memory
     */
    public ModelDemand known(ModelDemand model, Supplier<String> fingerprint, ServingDevice device, Planner planner) {
        return kept.entrySet().stream()
                .filter(entry -> isOf(entry.getKey(), model, device))
                .filter(entry -> entry.getKey().fingerprint().equals(fingerprint.get()))
                .map(Map.Entry::getValue)
                .filter(known -> known.baseBytes() < planner.availableBytes(1))
                .filter(known -> known.holdsFor(planner.budgetBytes(List.of(model), 0, known.baseBytes())))
                .max(Comparator.comparing(Calibration::at))
                .map(model::calibrated)
                .orElse(model);
    }

    private static boolean isOf(StateKey key, ModelDemand model, ServingDevice device) {
        return key.model().equals(model.name())
                && key.longest() == model.elementsPerItem()
                && DeviceCatalogue.named(key.device())
                        .filter(named -> named.name().equals(device.name()))
                        .isPresent();
    }
}
