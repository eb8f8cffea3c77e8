package dev.headroom.forecast;

import dev.headroom.plan.ServingDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The options of {@code plan}, declared without annotations so that no reflection is needed.
 *
 * @param models the folders or the names of the models, which share each GPU; none for all in {@code headroom.models}
 * @param devices the GPUs, at least one
 * @param rates their prices and throughputs
 * @param format the form of the output
 */
record PlanOptions(List<String> models, List<ServingDevice> devices, DeviceRates rates, Format format) {

    private static final String SYNOPSIS =
            "java -jar quarkus-run.jar plan [--model FOLDER]... [--device NAME,...] [--vram SIZE,...]%n"
                    + "                                   [--price [NAME=]PRICE,...] [--throughput [NAME=]ITEMS/TIME,...]%n"
                    + "                                   [--format table|json|knative]";

    /** The form of the output. */
    enum Format {
        TABLE,
        JSON,
        KNATIVE;

        private static Format of(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "table" -> TABLE;
                case "json" -> JSON;
                case "knative" -> KNATIVE;
                default -> throw new TypeConversionException("'" + word + "' is none of table, json and knative");
            };
        }
    }

    /** The command with its options and its help. */
    static CommandSpec spec() {
        CommandSpec plan = CommandSpec.create()
                .addOption(OptionSpec.builder("--model")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel("FOLDER")
                        .description(
                                "The folder of a model, or its name on the Hugging Face Hub; several share each GPU."
                                        + " Default: all in headroom.models.")
                        .build())
                .addOption(list("--device", "NAME", "GPUs by their names. Default: all that are known, see below."))
                .addOption(list("--vram", "SIZE", "GPUs by their memory: 40GiB, 24GB, 40960MiB."))
                .addOption(
                        list(
                                "--price",
                                "PRICE",
                                "What an hour costs, in any currency: 0.34, or RTX 4090=0.34,T4=0.20. A million items then have a cost."))
                .addOption(list(
                        "--throughput",
                        "ITEMS",
                        "What it answers while always busy: 400/min, or RTX 4090=400/min,T4=2.5/s. Default: as measured there, with"
                                + " headroom.state-dir the folder of a start on such a device."))
                .addOption(OptionSpec.builder("--format")
                        .type(Format.class)
                        .converters(Format::of)
                        .paramLabel("FORMAT")
                        .description("table (default), json, or knative: a kustomize overlay for one GPU.")
                        .build())
                .addOption(help());
        plan.usageMessage()
                .customSynopsis(SYNOPSIS)
                .description(
                        "Prints what would follow from GPUs that are not here, and how much of their memory the largest"
                                + " batch is predicted to take. The service's settings (HEADROOM_*, -Dheadroom.*) apply.")
                .footer(
                        "",
                        "Known GPUs: " + catalogue() + ".",
                        "",
                        "Exit status: 0 planned, 1 no GPU can serve the model, 2 usage.");
        return plan;
    }

    /** The option that every command has. */
    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this help and exit.")
                .build();
    }

    private static OptionSpec list(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .splitRegex(",")
                .paramLabel(label)
                .description(description)
                .build();
    }

    private static String catalogue() {
        return DeviceCatalogue.all().stream().map(ServingDevice::name).collect(Collectors.joining(", "));
    }

    /**
     * The options as they were given.
     *
     * @throws ParameterException when they do not go together, or a device is not known; the message gives the remedy
     */
    static PlanOptions of(ParseResult given) {
        Format format = given.matchedOptionValue("--format", Format.TABLE);
        List<ServingDevice> devices = devices(given);
        if (format == Format.KNATIVE && devices.size() != 1) {
            throw misused(
                    given,
                    "--format knative is for exactly one GPU, not for %d: name it with --device or --vram."
                            .formatted(devices.size()));
        }
        return new PlanOptions(
                given.matchedOptionValue("--model", List.<String>of()), devices, rates(given, devices), format);
    }

    private static DeviceRates rates(ParseResult given, List<ServingDevice> devices) {
        try {
            return DeviceRates.of(
                    given.matchedOptionValue("--price", List.<String>of()),
                    given.matchedOptionValue("--throughput", List.<String>of()),
                    devices);
        } catch (IllegalArgumentException e) {
            throw misused(given, e.getMessage());
        }
    }

    private static List<ServingDevice> devices(ParseResult given) {
        List<ServingDevice> devices = new ArrayList<>();
        for (String name : given.matchedOptionValue("--device", List.<String>of())) {
            devices.add(DeviceCatalogue.named(name).orElseThrow(() -> unknown(given, name.trim())));
        }
        for (String size : given.matchedOptionValue("--vram", List.<String>of())) {
            devices.add(DeviceCatalogue.ofSize(size.trim())
                    .orElseThrow(() ->
                            misused(given, "'%s' is no size of a memory: write it as 40GiB.".formatted(size.trim()))));
        }
        return devices.isEmpty()
                ? DeviceCatalogue.all()
                : devices.stream().distinct().toList();
    }

    private static ParameterException unknown(ParseResult given, String name) {
        List<String> like = DeviceCatalogue.like(name);
        return misused(
                given,
                "There is no GPU '%s' in the catalogue.%s Give its memory with --vram, or one of these:%n%s."
                        .formatted(
                                name,
                                like.isEmpty() ? "" : " Did you mean " + String.join(" or ", like) + "?",
                                catalogue()));
    }

    private static ParameterException misused(ParseResult given, String message) {
        return new ParameterException(given.commandSpec().commandLine(), message);
    }
}
