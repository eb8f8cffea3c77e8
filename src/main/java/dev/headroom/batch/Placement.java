package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.plan.Plan;
import dev.headroom.session.Model;
import java.util.function.UnaryOperator;

/**
 * A model as it is open on one device.
 *
 * @param gate the way to the device
 * @param plan returns the plan on this device, given the plan of the model
 */
public record Placement(Model model, Gate gate, UnaryOperator<Plan> plan) {

    /** A model on a device that follows the model's plan. */
    public Placement(Model model, Gate gate) {
        this(model, gate, UnaryOperator.identity());
    }
}
