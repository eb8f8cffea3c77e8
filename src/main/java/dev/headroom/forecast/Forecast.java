package dev.headroom.forecast;

import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;

/** The plan for a device that need not be in this machine. */
public sealed interface Forecast {

    /** The device that is planned for. */
    ServingDevice device();

    /** The demands of the models, in their order. */
    List<ModelDemand> demands();

    /** This forecast with the price and throughput that the operator gives. */
    Forecast at(Rates said);

    /**
     * The device can serve the models.
     *
     * @param models the forecast of each model, in their order
     * @param rates the price and throughput that the operator gives
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

        /** The cost of one model's items, the shortest first; empty where no price is given or no throughput is known. */
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

    /** Plans the models that share the device. */
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
