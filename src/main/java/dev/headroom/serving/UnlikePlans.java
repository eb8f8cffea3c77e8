package dev.headroom.serving;

import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * The plans of the devices that differ from the one that the models' plans are for. They follow from the same measurements,
 * and from each device's own memory.
 */
final class UnlikePlans {

    private static final Logger LOG = Logger.getLogger(UnlikePlans.class);

    private final Map<Integer, Planner> planners = new TreeMap<>();

    /**
     * Planners of these devices.
     *
     * @param devices by their numbers
     */
    UnlikePlans(Map<Integer, ServingDevice> devices, Planner.Host host, HeadroomConfig config) {
        devices.forEach((number, device) -> planners.put(number, new Planner(device, host, config)));
    }

    /** The planner of the device of this number; empty where it does not differ. */
    Optional<Planner> planner(int number) {
        return Optional.ofNullable(planners.get(number));
    }

    /** Puts a plan in force on each device for each model. A device that has no plan of its own follows the models'. */
    void force(List<ServedModel> models) {
        List<ModelDemand> demands = models.stream().map(ServedModel::demand).toList();
        List<Map<Integer, Plan>> own = models.stream()
                .<Map<Integer, Plan>>map(model -> new TreeMap<>())
                .toList();
        planners.forEach((number, planner) -> {
            try {
                List<ModelPlan> plans = planner.plan(demands);
                IntStream.range(0, plans.size())
                        .forEach(i -> own.get(i).put(number, plans.get(i).plan()));
            } catch (PlanRefusedException e) {
                LOG.debugf("Device %d has no plan of its own: %s", number, e.getMessage());
            }
        });
        IntStream.range(0, own.size()).forEach(i -> models.get(i).planUnlike(own.get(i)));
    }
}
