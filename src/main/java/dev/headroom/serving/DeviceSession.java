package dev.headroom.serving;

import dev.headroom.batch.Placement;
import dev.headroom.calibration.Calibrator;
import dev.headroom.plan.Plan;
import dev.headroom.serving.DeviceModels.Opened;
import dev.headroom.session.OnnxModel;
import dev.headroom.task.ModelTask;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A model as it is open on one device.
 *
 * @param model the model's sessions there
 * @param calibrator warms the model up and measures it there
 * @param plan the model's plan in force
 * @param here returns the plan of this device, given the model's
 */
record DeviceSession(
        ServedDevice device, OnnxModel model, Calibrator calibrator, Supplier<Plan> plan, UnaryOperator<Plan> here) {

    static DeviceSession of(Opened opened, ModelTask task, Supplier<Plan> plan, UnaryOperator<Plan> here) {
        ServedDevice device = opened.device();
        Calibrator calibrator = task.calibrator(opened.model(), device.memory(), opened.takenBytes());
        return new DeviceSession(device, opened.model(), calibrator, plan, here);
    }

    /** The model and the gate that its batches pass. */
    Placement placement() {
        return new Placement(model, device.gate(), here);
    }
}
