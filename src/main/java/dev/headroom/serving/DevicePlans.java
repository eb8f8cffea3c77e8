package dev.headroom.serving;

import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Planner;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Plans for models that share a device, by the planner of each of the machine's devices.
 *
 * <p>{@link LivePlan} puts plans in force while it holds its lock. Any thread may ask for a planner.
 */
final class DevicePlans {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final CurrentDevice device;
    private final UnlikePlans unlike;

    /**
     * The planners of a machine.
     *
     * @param device the device that the models' plans are for
     * @param unlike those that differ from it
     */
    DevicePlans(CurrentDevice device, UnlikePlans unlike) {
        this.device = device;
        this.unlike = unlike;
    }

    /** The planner for the device of this number. */
    Planner planner(int number) {
        return unlike.planner(number).orElse(device.planner());
    }

    /**
     * Plans for these models together.
     *
     * @throws PlanRefusedException when there is no such plan
     */
    List<ModelPlan> plan(List<ServedModel> together) {
        return plan(together, ServedModel::demand);
    }

    private List<ModelPlan> plan(List<ServedModel> together, Function<ServedModel, ModelDemand> demand) {
        List<ModelPlan> plans = device.planner().plan(demands(together, demand));
        unlike.check(together, demand, device.planner().batchBytes());
        return plans;
    }

    /** The most bytes that models which run batches may take together of any device. */
    long batchBytes() {
        return unlike.batchBytes(device.planner().batchBytes());
    }

    private static List<ModelDemand> demands(List<ServedModel> of, Function<ServedModel, ModelDemand> demand) {
        return of.stream().map(demand).toList();
    }

    /**
     * Puts plans in force that are in the order of these models, and those of the devices that differ.
     *
     * @param open the models that are open, or about to be
     */
    void force(List<ServedModel> together, List<ModelPlan> plans, List<ServedModel> open) {
        for (int i = 0; i < plans.size(); i++) {
            together.get(i).plan(plans.get(i));
        }
        unlike.force(open);
    }

    /** Plans again for models with these demands; false where there is no such plan, and the one in force stays. */
    boolean replan(List<ServedModel> together, Function<ServedModel, ModelDemand> demand, List<ServedModel> open) {
        try {
            force(together, plan(together, demand), open);
            return true;
        } catch (PlanRefusedException e) {
            LOG.warnf(
                    "The plan stays as it is, because with what is known now there would be none: %s", e.getMessage());
            return false;
        }
    }

    /**
     * The most bytes that batches of a model may fill on a device, the model included.
     *
     * @param open the models that are open, this one among them
     * @param baseBytes what the model itself takes there
     */
    long budgetBytes(List<ServedModel> open, ServedModel model, DeviceAccess on, long baseBytes) {
        int index = open.indexOf(model);
        return unlike.planner(on.number())
                .map(other ->
                        other.budgetBytes(unlike.demands(open, ServedModel::demand, on.number()), index, baseBytes))
                .orElseGet(() -> device.planner().budgetBytes(demands(open, ServedModel::demand), index, baseBytes));
    }
}
