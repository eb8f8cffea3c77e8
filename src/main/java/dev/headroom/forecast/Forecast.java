package dev.headroom.forecast;

import dev.headroom.device.Bytes;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The plan for a device that need not be in this machine. */
public sealed interface Forecast {

    /** The device that is planned for. */
    ServingDevice device();

    /** The demands of the models, in their order. */
    List<ModelDemand> demands();

    /** A sentence on how the models share the device; empty where there is only one. */
    default Optional<String> together() {
        return demands().size() < 2
                ? Optional.empty()
                : Optional.of("Together on %s: ".formatted(device().name()) + shared());
    }

    /** How the models share the device. */
    String shared();

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
        public String shared() {
            long bases = demands().stream().mapToLong(ModelDemand::baseBytes).sum();
            long most = models.stream()
                    .mapToLong(model -> model.predictedBytes().orElse(bases))
                    .max()
                    .orElse(bases);
            String batches = models.stream()
                    .map(model -> "%d (%s)"
                            .formatted(
                                    model.planned().plan().batch().value(),
                                    model.planned().model().name()))
                    .collect(Collectors.joining(", "));
            return "the models take %s, and %s with the largest batch, of %s%s. Batches hold up to %s items."
                    .formatted(
                            Bytes.text(bases),
                            Bytes.text(most),
                            Bytes.text(device.totalBytes()),
                            most > device.totalBytes()
                                    ? ", so that they do not fit and are open in turns"
                                    : ": they fit",
                            batches);
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
     * @param fit the same in two or three words
     * @param shared why they cannot share it
     */
    record Refused(ServingDevice device, List<ModelDemand> demands, String reason, String fit, String shared)
            implements Forecast {

        /** None of the models' files runs on the device, or none of those that the operator wants. */
        static Refused without(ServingDevice device, List<ModelDemand> demands, String reason) {
            return new Refused(device, demands, reason, "not served", "a file of one of them does not run there.");
        }

        @Override
        public Forecast at(Rates said) {
            return this;
        }
    }

    /** Plans the models that share the device. */
    static Forecast of(Planner planner, List<ModelDemand> models) {
        ServingDevice device = planner.device();
        try {
            long all = models.stream().mapToLong(ModelDemand::baseBytes).sum();
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
            return new Refused(device, models, e.getMessage(), "does not fit", shared(planner, models));
        }
    }

    private static String shared(Planner planner, List<ModelDemand> models) {
        String tooLarge = models.stream()
                .filter(model -> models.size() == 1 || of(planner, List.of(model)) instanceof Refused)
                .map(ModelDemand::name)
                .collect(Collectors.joining(", "));
        return tooLarge.isEmpty()
                ? "they do not fit, but each fits alone: the service opens them on demand, in turns."
                : "they do not fit, and %s not even alone.".formatted(tooLarge);
    }
}
