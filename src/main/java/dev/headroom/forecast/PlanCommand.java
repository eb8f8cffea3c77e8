package dev.headroom.forecast;

import dev.headroom.hub.HubName;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSources;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command {@code plan}: forecasts the plan for devices that are not in this machine. */
record PlanCommand(HeadroomConfig settings, PrintWriter out, PrintWriter err) {

    /**
     * Plans, and prints the plans in the format that is asked for.
     *
     * @throws PlanRefusedException when the models fit on none of the devices
     */
    void run(PlanOptions options) {
        Planner.Host host = new Planner.Host(
                Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory());
        PlannedModels models = new PlannedModels(planned(options.models()), host, settings);
        List<Forecast> batched = new ArrayList<>();
        List<GenerationForecast> generating = new ArrayList<>();
        for (ServingDevice device : options.devices()) {
            try {
                PlannedModels.OnDevice planned = models.on(device);
                batched.add(Forecast.of(planned.planner(), planned.batched())
                        .at(options.rates().of(device)));
                generating.addAll(planned.generating());
            } catch (PlanRefusedException e) {
                batched.add(Forecast.Refused.without(device, models.found(), e.getMessage()));
            }
        }
        ForecastReport report = new ForecastReport(batched, generating);
        if (options.format() == PlanOptions.Format.KNATIVE && !generating.isEmpty()) {
            throw new PlanRefusedException(
                    "%s generates text, and the overlay is for models that run batches; leave --format out."
                            .formatted(generating.getFirst().model().name()));
        }
        switch (options.format()) {
            case TABLE -> out.print(report.text());
            case JSON -> out.println(report.json());
            case KNATIVE -> report.served().forEach(served -> out.print(new KnativeYaml(served).text()));
        }
        if (!report.serves()) {
            throw new PlanRefusedException(report.refusal());
        }
    }

    private List<ModelSpec> planned(List<String> models) {
        if (models.isEmpty()) {
            return described(settings.models());
        }
        return models.stream().flatMap(model -> planned(model).stream()).toList();
    }

    private List<ModelSpec> planned(String model) {
        boolean named = !Files.exists(Path.of(model)) && HubName.of(model).isPresent();
        return named ? described(List.of(model)) : ModelRepository.graphs(Path.of(model));
    }

    private List<ModelSpec> described(List<String> models) {
        try (ModelSources sources = PullCommand.sources(models, err)) {
            return sources.modelsForAnyDevice();
        }
    }
}
