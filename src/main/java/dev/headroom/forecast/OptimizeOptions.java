package dev.headroom.forecast;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of {@code optimize}.
 *
 * @param model the model's folder
 * @param out the folder to write
 */
record OptimizeOptions(Path model, Path out) {

    /** The command with its options and its help. */
    static CommandSpec spec() {
        CommandSpec optimize = CommandSpec.create()
                .addOption(folder("--model", "The folder of the model."))
                .addOption(folder("--out", "The folder to write, which must not be there yet."))
                .addOption(PlanOptions.help());
        optimize.usageMessage()
                .customSynopsis("java -jar quarkus-run.jar optimize --model FOLDER --out FOLDER")
                .description(
                        "Writes a model's folder anew so that it opens in half the time and takes less memory: the graph"
                                + " optimised for any device, and the weights in a file of their own, which is mapped. The answers"
                                + " stay the same.")
                .footer("", "Exit status: 0 written, 1 the model is broken or the folder cannot be written, 2 usage.");
        return optimize;
    }

    private static OptionSpec folder(String name, String description) {
        return OptionSpec.builder(name)
                .type(Path.class)
                .paramLabel("FOLDER")
                .required(true)
                .description(description)
                .build();
    }

    /** The options as they were given. */
    static OptimizeOptions of(ParseResult given) {
        return new OptimizeOptions(given.matchedOptionValue("--model", null), given.matchedOptionValue("--out", null));
    }
}
