package dev.headroom.serving;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.StateKey;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * The plans of the devices that differ from the one that the models' plans are for. They follow from each device's own
 * memory, and from what was measured on a device of its name; until that is known, from the models' own measurements.
 */
final class UnlikePlans {

    private static final Logger LOG = Logger.getLogger(UnlikePlans.class);

    private final StateFolder state;
    private final Map<Integer, Planner> planners = new TreeMap<>();

    /**
     * Planners of the machine's devices that differ.
     *
     * @param state the folder as the device of the models' plans uses it
     * @param planner makes the planner of a device, by its number
     */
    UnlikePlans(StateFolder state, BiFunction<OptionalInt, ServingDevice, Planner> planner) {
        this.state = state;
        new TreeMap<>(state.machine().unlike())
                .forEach((number, device) -> planners.put(number, planner.apply(OptionalInt.of(number), device)));
    }

    /** The planner of the device of this number; empty where it does not differ. */
    Optional<Planner> planner(int number) {
        return Optional.ofNullable(planners.get(number));
    }

    /** The most bytes that models which run batches may take together on each device: no more than so many. */
    long batchBytes(long most) {
        return planners.values().stream().mapToLong(Planner::batchBytes).reduce(most, Math::min);
    }

    /**
     * Passes where the models fit together on the devices that have less for batches, because models that generate text have more.
     *
     * @param demand their demands where they were not measured there
     * @param firstBytes what the device of the models' plans has for batches
     * @throws PlanRefusedException when they do not
     */
    void check(List<ServedModel> models, Function<ServedModel, ModelDemand> demand, long firstBytes) {
        planners.forEach((number, planner) -> {
            if (planner.batchBytes() < firstBytes) {
                planner.plan(demands(models, demand, number));
            }
        });
    }

    /** True if this device differs, and the model was measured on none of its name. */
    boolean unmeasured(ServedModel model, int number) {
        return planners.containsKey(number)
                && model.own().measuredOn(planners.get(number).device().name()).isEmpty();
    }

    /**
     * Plans anew with what was measured of a model on this device, and keeps that for the next start; where there is no such plan
     * the one in force stays.
     *
     * @param open the models that are open
     */
    void measured(ServedModel model, DeviceAccess device, Calibration calibration, List<ServedModel> open) {
        int number = device.number();
        try {
            planners.get(number)
                    .plan(demands(
                            open, one -> one == model ? one.demand().calibrated(calibration) : one.demand(), number));
        } catch (PlanRefusedException e) {
            LOG.warnf(
                    "The plan on %s stays as it is, because with what was measured of %s there would be none: %s",
                    device.name(), model.name(), e.getMessage());
            return;
        }
        model.own().measuredOn(planners.get(number).device().name(), calibration);
        state.calibrations().save(key(model, number), calibration);
        force(open);
        log(model, device);
    }

    private void log(ServedModel model, DeviceAccess device) {
        Optional.ofNullable(model.report().unlike().get(device.number()))
                .map(Plan::batch)
                .ifPresent(batch -> LOG.infof(
                        "Batches of %s on %s hold up to %s: %s",
                        model.name(), device.name(), batch.text(), batch.reason()));
    }

    /** Reads what an earlier start has measured of a model on each of these devices. */
    void recall(ServedModel model, int models) {
        planners.forEach((number, planner) -> state.calibrations()
                .load(key(model, number))
                .filter(known -> known.baseBytes() < planner.availableBytes(models))
                .ifPresent(known ->
                        model.own().measuredOn(planners.get(number).device().name(), known)));
    }

    private StateKey key(ServedModel model, int number) {
        ServingDevice device = planners.get(number).device();
        return model.key().on(device.name(), planners.get(number).totalBytes());
    }

    /** Puts a plan in force on each device for each model. A device that has no plan of its own follows the models'. */
    void force(List<ServedModel> models) {
        List<Map<Integer, Plan>> own = models.stream()
                .<Map<Integer, Plan>>map(model -> new TreeMap<>())
                .toList();
        planners.forEach((number, planner) -> {
            try {
                List<ModelPlan> plans = planner.plan(demands(models, ServedModel::demand, number));
                IntStream.range(0, plans.size())
                        .forEach(i -> own.get(i).put(number, plans.get(i).plan()));
            } catch (PlanRefusedException e) {
                LOG.debugf("Device %d has no plan of its own: %s", number, e.getMessage());
            }
        });
        IntStream.range(0, own.size()).forEach(i -> models.get(i).own().force(own.get(i)));
    }

    /**
     * The models' demands on the device of this number.
     *
     * @param demand gives those of a model that was not measured there
     */
    List<ModelDemand> demands(List<ServedModel> models, Function<ServedModel, ModelDemand> demand, int number) {
        String name = planners.get(number).device().name();
        return models.stream()
                .map(model -> model.own()
                        .measuredOn(name)
                        .map(model.demand()::calibrated)
                        .orElseGet(() -> demand.apply(model)))
                .toList();
    }
}
