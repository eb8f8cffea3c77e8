package dev.headroom.forecast;

import dev.headroom.half.HalfModels;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.ModelOptimizer;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import io.smallrye.config.ConfigValidationException;
import java.io.PrintWriter;
import java.util.Optional;
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
public final class Commands {

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
    public Commands(Supplier<HeadroomConfig> config, PrintWriter out, PrintWriter err) {
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
        return Optional.ofNullable(Commands.class.getPackage().getImplementationVersion())
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
        return run(given.subcommand()).map(this::refused).orElse(OK);
    }

    /** Runs a command; returns the sentence with which it is refused, or nothing where it is done. */
    private Optional<String> run(ParseResult command) {
        return switch (command.commandSpec().name()) {
            case "optimize" -> refusable(() -> optimize(OptimizeOptions.of(command)));
            case "pull" -> refusable(() -> new PullCommand(config.get(), out, err).run(PullOptions.of(command)));
            case "ready" -> ReadyCheck.of(command).failure();
            default -> {
                PlanOptions options = PlanOptions.of(command);
                yield refusable(() -> new PlanCommand(config.get(), out, err).run(options));
            }
        };
    }

    private static Optional<String> refusable(Runnable command) {
        try {
            command.run();
            return Optional.empty();
        } catch (BrokenModelException | PlanRefusedException e) {
            return Optional.of(e.getMessage());
        } catch (ConfigValidationException e) {
            return Optional.of(e.getProblem(0).getMessage().replaceAll("^[\\w.]*Exception: |SRCFG\\d+: ", ""));
        }
    }

    private void optimize(OptimizeOptions options) {
        ModelOptimizer optimizer = new ModelOptimizer(options.model(), options.out());
        options.precision()
                .ifPresentOrElse(
                        precision -> optimizer.write(new HalfModels(precision, out::println)::add), optimizer::write);
    }

    private int refused(String reason) {
        err.println(reason);
        return REFUSED;
    }
}
