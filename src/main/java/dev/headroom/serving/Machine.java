package dev.headroom.serving;

import dev.headroom.device.Hardware;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import java.util.Map;

/**
 * The machine that models are served on.
 *
 * @param hardware all that was found
 * @param device the device that the models' plans are for, and all others but the unlike
 * @param unlike the devices that differ from it and have plans of their own, by their numbers
 */
public record Machine(Hardware hardware, ServingDevice device, Map<Integer, ServingDevice> unlike) {

    /** The resources of this process beside the devices. */
    Planner.Host host() {
        return new Planner.Host(hardware.host().cores(), Runtime.getRuntime().maxMemory());
    }
}
