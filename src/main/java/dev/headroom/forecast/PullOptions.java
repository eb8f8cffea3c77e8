package dev.headroom.forecast;

import dev.headroom.settings.PrecisionMode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The options of {@code pull}, declared without annotations so that no reflection is needed.
 *
 * @param names the models; none for those of {@code headroom.models}
 * @param precision the graphs that are wanted; empty for what {@code headroom.precision} says
 */
record PullOptions(List<String> names, Optional<PrecisionMode> precision) {

    /** The command with its options and its help. */
    static CommandSpec spec() {
        CommandSpec pull = CommandSpec.create()
                .addPositional(PositionalParamSpec.builder()
                        .arity("0..*")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel("NAME")
                        .description(
                                "Models by their names on the Hugging Face Hub, such as BAAI/bge-small-en-v1.5 or org/name@revision. Default:"
                                        + " those of headroom.models.")
                        .build())
                .addOption(OptionSpec.builder("--precision")
                        .type(PrecisionMode.class)
                        .converters(PullOptions::precision)
                        .paramLabel("PRECISION")
                        .description(
                                "full, half, bfloat16, or auto for all graphs, of which the start chooses one for its device. Default: headroom.precision.")
                        .build())
                .addOption(PlanOptions.help());
        pull.usageMessage()
                .description(
                        "Downloads models into the cache of the Hub, for an image or for later starts, and prints the folder of each. The variables of"
                                + " huggingface_hub hold: HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE.")
                .footer("", "Exit status: 0 all are there, 1 one cannot be had or served, 2 usage.");
        return pull;
    }

    private static PrecisionMode precision(String word) {
        return Arrays.stream(PrecisionMode.values())
                .filter(mode -> mode.toString().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'%s' is none of %s"
                        .formatted(
                                word,
                                Arrays.stream(PrecisionMode.values())
                                        .map(mode -> mode.toString().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    /** The options as they were given. */
    static PullOptions of(ParseResult given) {
        return new PullOptions(
                given.matchedPositionalValue(0, List.<String>of()),
                Optional.ofNullable(given.matchedOptionValue("--precision", null)));
    }
}
