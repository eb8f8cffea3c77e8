package dev.headroom.serving;

import dev.headroom.measured.Calibration;
import dev.headroom.plan.Plan;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A model's plans for the devices that differ from the one that its plan is for, and what was measured of it there. Any
 * thread may call.
 */
final class OwnPlans {

    private volatile Map<Integer, Plan> plans = Map.of();
    private final Map<String, Calibration> measured = new ConcurrentHashMap<>(); // by the device's name

    /** The plans in force, by the devices' numbers. */
    Map<Integer, Plan> byNumber() {
        return plans;
    }

    /** Puts other plans in force; batches follow them when they follow the model's plan. */
    void force(Map<Integer, Plan> others) {
        plans = new TreeMap<>(others);
    }

    /**
     * The plan of a device, which is the model's where the device does not differ.
     *
     * @param first the model's plan, whose batch may have grown under load since
     */
    Plan on(DeviceAccess device, Plan first) {
        Plan own = plans.get(device.number());
        if (own == null) {
            return first;
        }
        return own.growth().isPresent() ? own.grown(first.batch().asInt()) : own;
    }

    /** The measurement from a device of this name. */
    Optional<Calibration> measuredOn(String device) {
        return Optional.ofNullable(measured.get(device));
    }

    /** Notes what was measured on such a device. */
    void measuredOn(String device, Calibration calibration) {
        measured.put(device, calibration);
    }
}
