package dev.headroom.forecast;

import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.GenerationPlans;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demands of models on devices that are not in this machine. */
final class PlannedModels {

    private final List<ModelSpec> models;
    private final Planner.Host host;
    private final HeadroomConfig settings;
    private final KeptCalibrations kept;
    private final Map<ModelSpec, ModelDemand> demands = new HashMap<>();

    PlannedModels(List<ModelSpec> models, Planner.Host host, HeadroomConfig settings) {
        this.host = host;
        this.models = models;
        this.settings = settings;
        this.kept = KeptCalibrations.of(settings);
    }

    /**
     * The models that are planned on one device.
     *
     * @param planner the planner of the models that run batches, beside those that generate text
     * @param batched their demands, with the measurement from this device, in the order of the models
     * @param generating the forecasts of those that generate text, in their order
     */
    record OnDevice(Planner planner, List<ModelDemand> batched, List<GenerationForecast> generating) {}

    /** The demands of the models that run batches, with their files as they were found. */
    List<ModelDemand> found() {
        return models.stream()
                .filter(model -> !model.generates())
                .map(this::demand)
                .toList();
    }

    /**
     * All models, on a device.
     *
     * @throws dev.headroom.settings.PlanRefusedException when a file that is there, or that the operator wants, does not run on it
     */
    OnDevice on(ServingDevice device) {
        Planner planner = new Planner(device, host, settings);
        PrecisionRule precision = new PrecisionRule(settings.precision(), device);
        List<ModelDemand> batched = models.stream()
                .filter(model -> !model.generates())
                .map(model -> model.by(precision))
                .map(model -> kept.known(demand(model), model::fingerprint, device, planner))
                .toList();
        List<GenerationDemand> generating = models.stream()
                .filter(ModelSpec::generates)
                .map(model -> model.by(precision).generationDemand())
                .toList();
        if (generating.isEmpty()) {
            return new OnDevice(planner, batched, List.of());
        }
        long weights = batched.stream().mapToLong(ModelDemand::weightBytes).sum();
        GenerationPlans plans = GenerationPlans.of(
                generating,
                planner.availableBytes(models.size()),
                weights,
                GenerationPlan.Terms.of(settings, device.gpu()));
        return new OnDevice(
                planner.beside(plans.bytes()),
                batched,
                generating.stream()
                        .map(model -> GenerationForecast.of(device, model, plans))
                        .toList());
    }

    /** Reads each file once, however many devices it is planned for. */
    private ModelDemand demand(ModelSpec model) {
        return demands.computeIfAbsent(model, ModelSpec::demand);
    }
}
