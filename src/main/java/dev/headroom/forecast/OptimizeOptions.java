package dev.headroom.forecast;

import dev.headroom.plan.Precision;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The options of {@code optimize}.
 *
 * @param model the model's folder
 * @param out the folder to write
 * @param precision the precision of files in 16 bits that are made, too
 */
record OptimizeOptions(Path model, Path out, Optional<Precision> precision) {

    /** The command with its options and its help. */
    static CommandSpec spec() {
        CommandSpec optimize = CommandSpec.create()
                .addOption(folder("--model", "The folder of the model."))
                .addOption(folder("--out", "The folder to write, which must not be there yet."))
                .addOption(OptionSpec.builder("--precision")
                        .type(Precision.class)
                        .converters(OptimizeOptions::precision)
                        .paramLabel("PRECISION")
                        .description(
                                "half or bfloat16: writes X_fp16.onnx or X_bf16.onnx beside X.onnx, too, for GPUs, and holds it against X.onnx"
                                        + " on this CPU."
                                        + " Where its answers differ too much nothing is written. Default: no other file.")
                        .build())
                .addOption(PlanOptions.help());
        optimize.usageMessage()
                .customSynopsis(
                        "java -jar quarkus-run.jar optimize --model FOLDER --out FOLDER [--precision half|bfloat16]")
                .description(
                        "Writes a model's folder anew so that it opens in half the time and takes less memory: the graph"
                                + " optimised for any device, and the weights in a file of their own, which is mapped. The answers"
                                + " stay the same.")
                .footer(
                        "",
                        "Exit status: 0 written, 1 the model is broken, the folder cannot be written, or 16 bits do not suit the"
                                + " model, 2 usage.");
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
        return new OptimizeOptions(
                given.matchedOptionValue("--model", null),
                given.matchedOptionValue("--out", null),
                Optional.ofNullable(given.matchedOptionValue("--precision", null)));
    }

    private static Precision precision(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "half" -> Precision.HALF;
            case "bfloat16" -> Precision.BFLOAT16;
            default ->
                throw new TypeConversionException("'" + word + "' is no precision to make; it is half or bfloat16");
        };
    }
}
