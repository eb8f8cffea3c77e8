package dev.headroom.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The file {@code model.yaml}. Every field may be left out; its value then comes from the files of Hugging Face's
 * exporters.
 */
record ModelYaml(
        List<String> aliases,
        String repository,
        String task,
        String file,
        String tokenizer,
        List<String> inputs,
        String output,
        Integer maxLength,
        Long padId,
        Padding padding,
        List<Pooling> pooling,
        Boolean normalize,
        Map<String, String> prompts,
        String defaultPrompt,
        List<String> labels,
        Labels.Activation activation,
        Integer weight,
        Integer batch,
        Boolean pinned,
        String open,
        Memory memory) {

    /** The constant of an enum that a word names in any case. */
    static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is none of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)));
    }

    /** The inputs and the output that it names. */
    PortNames ports() {
        return new PortNames(Optional.ofNullable(inputs).orElse(List.of()), Optional.ofNullable(output));
    }

    /** Declared memory; sizes as {@code 90MiB}, {@code 2GiB} or plain bytes. */
    record Memory(String base, String perItem) {}
}
