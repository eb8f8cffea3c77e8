package dev.headroom.forecast;

import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;

/** What the planner would do on a device that need not be here. */
public sealed interface Forecast {

    /** The device, as far as its memory tells. */
    ServingDevice device();

    /** What the models ask of it, in their order. */
    List<ModelDemand> demands();

    /** The same with what the operator says of the device. */
    Forecast at(Rates said);

    /**
     * The device can serve the models.
     *
     * @param models what each model would get of it, in their order
     * @param rates what the operator says of its price and speed
     */
    record Served(ServingDevice device, List<ModelForecast> models, Rates rates) implements Forecast {

        @Override
        public List<ModelDemand> demands() {
            return models.stream().map(model -> model.planned().model()).toList();
        }

        @Override
        public Forecast at(Rates said) {
            return new Served(device, models, said);
        }

        /** What the items of one of the models cost, the shortest first; empty where that is not asked or not known. */
        List<Cost> costs(ModelForecast model) {
            return rates.costs(model.planned().model());
        }
    }

    /**
     * The device cannot serve the models.
     *
     * @param reason why, with the numbers and the remedy
     */
    record Refused(ServingDevice device, List<ModelDemand> demands, String reason) implements Forecast {

        @Override
        public Forecast at(Rates said) {
            return this;
        }
    }

    /** The forecast for models that share the device. */
    static Forecast of(ServingDevice device, List<ModelDemand> models, Planner.Host host, HeadroomConfig config) {
        try {
            long all = models.stream().mapToLong(ModelDemand::baseBytes).sum();
            Planner planner = new Planner(device, host, config);
            return new Served(
                    device,
                    planner.plan(models).stream()
                            .map(planned -> ModelForecast.of(
                                    planned,
                                    planner.totalBytes(),
                                    all - planned.model().baseBytes()))
                            .toList(),
                    Rates.NONE);
        } catch (PlanRefusedException e) {
            return new Refused(device, models, e.getMessage());
        }
    }
}
