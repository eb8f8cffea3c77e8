package dev.headroom.forecast;

import dev.headroom.model.ModelSpec;
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

    /** The demand of each model on this device, with the measurement from there; in the order of the models. */
    List<ModelDemand> on(ServingDevice device) {
        PrecisionRule precision = new PrecisionRule(settings.precision(), device);
        Planner planner = new Planner(device, host, settings);
        return models.stream()
                .map(model -> model.by(precision))
                .map(model -> kept.known(demand(model), model::fingerprint, device, planner))
                .toList();
    }

    /** Reads each file once, however many devices it is planned for. */
    private ModelDemand demand(ModelSpec model) {
        return demands.computeIfAbsent(model, ModelSpec::demand);
    }
}
