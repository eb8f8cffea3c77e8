package dev.headroom.serving;

import dev.headroom.batch.Placement;
import dev.headroom.calibration.Calibrator;
import dev.headroom.plan.Plan;
import dev.headroom.session.OnnxModel;
import java.util.function.Supplier;

/**
 * A model as it is open on one device.
 *
 * @param model the model's sessions there
 * @param calibrator warms the model up and measures it there
 * @param plan the model's plan in force
 */
record DeviceSession(ServedDevice device, OnnxModel model, Calibrator calibrator, Supplier<Plan> plan) {

    /** Where the model's batches run. */
    Placement placement() {
        return new Placement(model, device.gate());
    }
}
