package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.session.Model;

/**
 * A model as it is open on one device.
 *
 * @param gate the way to the device
 */
public record Placement(Model model, Gate gate) {}
