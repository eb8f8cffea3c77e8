package dev.headroom.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a classifier's outputs mean.
 *
 * @param names the labels in the order of the outputs; empty: LABEL_0, LABEL_1 and so on
 * @param activation how the outputs become scores
 */
public record Labels(List<String> names, Activation activation) {

    /** How a classifier's outputs become scores. */
    public enum Activation {
        /** One label is right: the scores add up to 1. */
        SOFTMAX,
        /** Each label is right or not, whatever the others are. */
        SIGMOID,
        /** The graph's outputs are scores already. */
        NONE;

        /** The value of a model.yaml's {@code activation}. */
        @JsonCreator
        static Activation of(String text) {
            return Arrays.stream(values())
                    .filter(activation -> activation.name().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of "
                            + Arrays.toString(values()).toLowerCase(Locale.ROOT)));
        }
    }

    /** The label of an output. */
    public String name(int output) {
        return output < names.size() ? names.get(output) : "LABEL_" + output;
    }
}
