package dev.headroom.model;

import java.util.List;

/**
 * The labels of a classifier.
 *
 * @param names the labels in the order of the outputs; empty: LABEL_0, LABEL_1 and so on
 * @param activation the function that turns outputs into scores
 */
public record Labels(List<String> names, Activation activation) {

    /** The function that turns a classifier's outputs into scores. */
    public enum Activation {
        /** One label is right: the scores add up to 1. Of a single score it would always be 1: that takes the sigmoid. */
        SOFTMAX,
        /** Each label is right or not, independent of the others. */
        SIGMOID,
        /** The graph's outputs are scores already. */
        NONE;

        /** The value of a model.yaml's {@code activation}. */
        static Activation of(String text) {
            return ModelYaml.constant(Activation.class, text);
        }
    }

    /** The label of an output. */
    public String name(int output) {
        return output < names.size() ? names.get(output) : unnamed(output);
    }

    /** The label of an output that no file names. */
    static String unnamed(int output) {
        return "LABEL_" + output;
    }
}
