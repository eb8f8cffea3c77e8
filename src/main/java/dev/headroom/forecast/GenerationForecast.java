package dev.headroom.forecast;

import dev.headroom.device.Bytes;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.GenerationPlans;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Table;
import dev.headroom.settings.PlanRefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of a model that generates text, for a device that need not be in this machine.
 *
 * @param plan the plan; empty where not even a short sequence fits
 * @param refusal why there is none; empty where there is one
 */
record GenerationForecast(ServingDevice device, GenerationDemand model, Optional<GenerationPlan> plan, String refusal) {

    private static final List<String> COLUMNS =
            List.of("device", "memory", "cache", "cache-tokens", "context", "rows", "fit");

    /** The forecast of one of the models that were planned for a device together. */
    static GenerationForecast of(ServingDevice device, GenerationDemand model, GenerationPlans plans) {
        return new GenerationForecast(
                device,
                model,
                Optional.ofNullable(plans.plans().get(model.name())),
                Optional.ofNullable(plans.refusals().get(model.name()))
                        .map(PlanRefusedException::getMessage)
                        .orElse(""));
    }

    /** A table of one model's forecasts, one for each device. */
    static String text(List<GenerationForecast> forecasts) {
        List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
        forecasts.forEach(forecast -> rows.add(forecast.row()));
        GenerationDemand model = forecasts.getFirst().model();
        return "%s, which generates text: %s of weights, %s of keys and values for each token%s"
                .formatted(
                        model.name(),
                        Bytes.text(model.baseBytes()),
                        Bytes.text(model.bytesPerToken()),
                        new Table(rows).text());
    }

    private List<String> row() {
        String memory = Bytes.text(device.totalBytes());
        return plan.map(known -> List.of(
                        device.name(),
                        memory,
                        known.cache().text(),
                        String.valueOf(known.tokens().value()),
                        String.valueOf(known.context().value()),
                        String.valueOf(known.rows().value()),
                        "fits"))
                .orElseGet(() -> List.of(device.name(), memory, "-", "-", "-", "-", "does not fit: " + refusal));
    }

    /** The forecast as JSON has it. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", model.name());
        json.put("demand", model);
        plan.ifPresentOrElse(known -> json.put("plan", known.settings()), () -> json.put("refused", refusal));
        return json;
    }
}
