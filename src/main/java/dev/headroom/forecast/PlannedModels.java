package dev.headroom.forecast;

import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationShares;
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

    /** The demand of each model that runs batches, with the measurement from this device; in the order of the models. */
    List<ModelDemand> on(ServingDevice device) {
        PrecisionRule precision = new PrecisionRule(settings.precision(), device);
        Planner planner = new Planner(device, host, settings);
        return models.stream()
                .filter(model -> !model.generates())
                .map(model -> model.by(precision))
                .map(model -> kept.known(demand(model), model::fingerprint, device, planner))
                .toList();
    }

    /** The demands of those that generate text, in their order. */
    List<GenerationDemand> generating(ServingDevice device) {
        PrecisionRule precision = new PrecisionRule(settings.precision(), device);
        return models.stream()
                .filter(ModelSpec::generates)
                .map(model -> model.by(precision).generationDemand())
                .toList();
    }

    /** The planner for a device, beside those that generate text where there are others. */
    Planner planner(ServingDevice device) {
        Planner planner = new Planner(device, host, settings);
        List<GenerationDemand> generating = generating(device);
        return generating.isEmpty()
                ? planner
                : planner.beside(
                        GenerationShares.of(generating, planner.availableBytes(models.size()), weightBytes(device))
                                .all());
    }

    /** The forecasts of those that generate text on a device. */
    List<GenerationForecast> forecasts(ServingDevice device) {
        return GenerationForecast.of(
                new Planner(device, host, settings),
                generating(device),
                weightBytes(device),
                settings.memory().target());
    }

    private long weightBytes(ServingDevice device) {
        return on(device).stream().mapToLong(ModelDemand::weightBytes).sum();
    }

    /** Reads each file once, however many devices it is planned for. */
    private ModelDemand demand(ModelSpec model) {
        return demands.computeIfAbsent(model, ModelSpec::demand);
    }
}
