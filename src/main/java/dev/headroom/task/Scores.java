package dev.headroom.task;

import dev.headroom.model.Labels;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A classifier's outputs as labels with their scores. */
record Scores(Labels labels) {

    /** Bytes of a score with its label, as a value and as JSON together. */
    static final long BYTES = 64;

    /** Bytes of an item's scores. */
    long bytes() {
        return BYTES * Math.max(1, labels.names().size());
    }

    /**
     * The labels, the best first.
     *
     * @param output an item's share of the output, [labels]
     * @param raw true if the scores are the output's values without activation
     * @throws IllegalStateException when the output is not a classifier's
     */
    List<Answer.Scored> read(Tensor output, boolean raw) {
        float[] values = Vectors.read(output, "[labels]");
        int named = labels.names().size();
        if (named > 0 && named != values.length) {
            throw new IllegalStateException(
                    "The output has %d values, and there are %d labels; correct the labels in config.json or model.yaml"
                            .formatted(values.length, named));
        }
        float[] scores = raw ? values : activated(values);
        return IntStream.range(0, scores.length)
                .mapToObj(i -> new Answer.Scored(labels.name(i), scores[i]))
                .sorted(Comparator.comparing(Answer.Scored::score).reversed())
                .toList();
    }

    private float[] activated(float[] values) {
        return switch (labels.activation()) {
            case NONE -> values;
            case SIGMOID -> sigmoid(values);
            case SOFTMAX -> values.length == 1 ? sigmoid(values) : softmax(values);
        };
    }

    private static float[] sigmoid(float[] values) {
        float[] scores = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scores[i] = (float) (1 / (1 + Math.exp(-values[i])));
        }
        return scores;
    }

    private static float[] softmax(float[] values) {
        double largest = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .max()
                .orElse(0);
        double[] powers = IntStream.range(0, values.length)
                .mapToDouble(i -> Math.exp(values[i] - largest)) // e^x alone overflows
                .toArray();
        double sum = Arrays.stream(powers).sum();
        float[] scores = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scores[i] = (float) (powers[i] / sum);
        }
        return scores;
    }
}
