package dev.headroom.forecast;

import dev.headroom.half.HalfModels;
import dev.headroom.hub.HubName;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSources;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Planner;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.session.ModelOptimizer;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrecisionMode;
import io.smallrye.config.ConfigValidationException;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line: {@code plan} forecasts the plan for GPUs that are not in this machine, {@code optimize} writes a model anew
 * so that it opens faster, {@code pull} downloads models of the Hub, {@code ready} asks a service if it is ready.
 */
public final class PlanCommand {

    private static final int OK = 0;
    private static final int REFUSED = 1;
    private static final int USAGE = 2;

    private final Supplier<HeadroomConfig> config;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * A command line that prints to two writers.
     *
     * @param config the settings, read only when there is something to plan
     * @param out for the result and nothing else
     * @param err for error messages
     */
    public PlanCommand(Supplier<HeadroomConfig> config, PrintWriter out, PrintWriter err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** Runs a command line. Returns 0 on success, 1 where there is no plan, 2 where the command line is not understood. */
    public int run(String... args) {
        return new CommandLine(root())
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((misuse, given) -> misused(misuse))
                .setExecutionStrategy(this::execute)
                .execute(args);
    }

    private static CommandSpec root() {
        CommandSpec root = CommandSpec.create()
                .name("java -jar quarkus-run.jar")
                .version("headroom " + version())
                .addOption(PlanOptions.help())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print the version and exit.")
                        .build())
                .addSubcommand("plan", PlanOptions.spec())
                .addSubcommand("optimize", OptimizeOptions.spec())
                .addSubcommand("pull", PullOptions.spec())
                .addSubcommand("ready", ReadyCheck.spec());
        root.usageMessage()
                .description("Starts the service where nothing else is asked for. Settings are given in the environment"
                        + " (HEADROOM_*) or before -jar (-Dheadroom.*).");
        return root;
    }

    private static String version() {
        return Optional.ofNullable(PlanCommand.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }

    private int misused(ParameterException misuse) {
        CommandLine command = misuse.getCommandLine();
        err.println(misuse.getMessage());
        err.print("Usage: " + command.getHelp().synopsis("Usage: ".length()));
        err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        return USAGE;
    }

    private int execute(ParseResult given) {
        Integer helped = CommandLine.executeHelpRequest(given);
        if (helped != null) {
            return helped;
        }
        if (!given.hasSubcommand()) {
            throw new ParameterException(given.commandSpec().commandLine(), "There is no command to run.");
        }
        ParseResult command = given.subcommand();
        return switch (command.commandSpec().name()) {
            case "optimize" -> refusable(() -> optimize(OptimizeOptions.of(command)));
            case "pull" -> refusable(() -> pull(PullOptions.of(command), config.get()));
            case "ready" -> ReadyCheck.of(command).failure().map(this::refused).orElse(OK);
            default -> {
                PlanOptions options = PlanOptions.of(command);
                yield refusable(() -> plan(options, config.get()));
            }
        };
    }

    /** Runs a command, and prints the sentence with which it may be refused. */
    private int refusable(IntSupplier command) {
        try {
            return command.getAsInt();
        } catch (BrokenModelException | PlanRefusedException e) {
            return refused(e.getMessage());
        } catch (ConfigValidationException e) {
            return refused(e.getProblem(0).getMessage().replaceAll("^[\\w.]*Exception: |SRCFG\\d+: ", ""));
        }
    }

    private int optimize(OptimizeOptions options) {
        ModelOptimizer optimizer = new ModelOptimizer(options.model(), options.out());
        if (options.half()) {
            optimizer.write(new HalfModels(out::println)::add);
        } else {
            optimizer.write();
        }
        return OK;
    }

    /** Downloads the models, and checks that each can be served as far as its files tell. */
    private int pull(PullOptions options, HeadroomConfig settings) {
        PrecisionMode precision = options.precision().orElseGet(settings::precision);
        try (ModelSources sources = sources(options.names().isEmpty() ? settings.models() : options.names())) {
            List<ModelSpec> models = precision == PrecisionMode.AUTO
                    ? sources.modelsForAnyDevice()
                    : sources.models(PrecisionRule.likely(precision, List.of()));
            models.stream()
                    .filter(model -> model.origin().isPresent())
                    .map(model -> model.graph().folder())
                    .distinct()
                    .forEach(out::println);
        }
        return OK;
    }

    private ModelSources sources(List<String> models) {
        Console console = System.console();
        return new ModelSources(
                models, System::getenv, () -> new PullProgress(err, console != null && console.isTerminal()));
    }

    private List<ModelSpec> planned(List<String> models, HeadroomConfig settings) {
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
        try (ModelSources sources = sources(models)) {
            return sources.modelsForAnyDevice();
        }
    }

    private int plan(PlanOptions options, HeadroomConfig settings) {
        Planner.Host host = new Planner.Host(
                Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory());
        PlannedModels models = new PlannedModels(planned(options.models(), settings), host, settings);
        List<Forecast> batched = new ArrayList<>();
        List<GenerationForecast> generating = new ArrayList<>();
        for (ServingDevice device : options.devices()) {
            PlannedModels.OnDevice planned = models.on(device);
            batched.add(Forecast.of(planned.planner(), planned.batched())
                    .at(options.rates().of(device)));
            generating.addAll(planned.generating());
        }
        ForecastReport report = new ForecastReport(batched, generating);
        if (options.format() == PlanOptions.Format.KNATIVE && !generating.isEmpty()) {
            return refused("%s generates text, and the overlay is for models that run batches; leave --format out."
                    .formatted(generating.getFirst().model().name()));
        }
        switch (options.format()) {
            case TABLE -> out.print(report.text());
            case JSON -> out.println(report.json());
            case KNATIVE -> report.served().forEach(served -> out.print(new KnativeYaml(served).text()));
        }
        return report.serves() ? OK : refused(report.refusal());
    }

    private int refused(String reason) {
        err.println(reason);
        return REFUSED;
    }
}
