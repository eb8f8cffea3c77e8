package dev.headroom.forecast;

import dev.headroom.model.ModelSources;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PrecisionMode;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/** The command {@code pull}: downloads models of the Hub, and checks that each can be served as far as its files tell. */
record PullCommand(HeadroomConfig settings, PrintWriter out, PrintWriter err) {

    /** Downloads the models, and prints the folder of each. */
    void run(PullOptions options) {
        PrecisionMode precision = options.precision().orElseGet(settings::precision);
        try (ModelSources sources = sources(options.names().isEmpty() ? settings.models() : options.names(), err)) {
            List<ModelSpec> models = precision == PrecisionMode.AUTO
                    ? sources.modelsForAnyDevice()
                    : sources.models(PrecisionRule.forAnyGpu(precision));
            models.stream()
                    .filter(model -> model.origin().isPresent())
                    .map(model -> model.graph().folder())
                    .distinct()
                    .forEach(out::println);
        }
    }

    /** The sources of models, with the progress of downloads on this writer. */
    static ModelSources sources(List<String> models, PrintWriter err) {
        Console console = System.console();
        return new ModelSources(
                models, System::getenv, () -> new PullProgress(err, console != null && console.isTerminal()));
    }
}
