package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.Set;

/** A model's output as an item's vector. */
final class Vectors {

    private static final Set<Datatype> FLOATS = Set.of(Datatype.FP32, Datatype.FP16, Datatype.BF16);

    private final TaskSpec.Vectors spec;
    private volatile int most; // 0 before the first vector

    Vectors(TaskSpec.Vectors spec) {
        this.spec = spec;
    }

    /**
     * Checks the dimensions before the model runs.
     *
     * @throws RequestFailedException when the request asks for more dimensions than there are
     */
    void check(Options options) {
        options.dimensions().stream()
                .filter(dimensions -> dimensions < 1 || most > 0 && dimensions > most)
                .findFirst()
                .ifPresent(dimensions -> {
                    throw new RequestFailedException(
                            new Failure.Invalid("dimensions is %d; send 1 to %d, or leave it out for all %d."
                                    .formatted(dimensions, most, most)));
                });
    }

    /**
     * The item's vector.
     *
     * @param output the item's share of the output: [padded tokens, dimensions], or [dimensions] where the graph pools
     * @param tokens the number of tokens without padding
     */
    float[] read(Tensor output, int tokens, Options options) {
        float[] whole = output.shape().length == 2 ? pooled(output, tokens) : read(output, "[tokens, dimensions]");
        most = whole.length;
        check(options);
        float[] vector = Arrays.copyOf(whole, options.dimensions().orElse(whole.length));
        return options.normalize().orElse(spec.normalize()) ? normalized(vector) : vector;
    }

    /**
     * The values of an item whose output has one dimension.
     *
     * @param wanted the expected shape, for the message
     * @throws IllegalStateException when the output is another, or holds values that are not finite
     */
    static float[] read(Tensor output, String wanted) {
        checkType(output, output.shape().length > 1, wanted);
        float[] values = new float[Math.toIntExact(Tensor.elements(output.shape()))];
        output.read(0, values);
        checkFinite(values);
        return values;
    }

    private static void checkType(Tensor output, boolean wrongShape, String wanted) {
        if (wrongShape || !FLOATS.contains(output.datatype())) {
            throw new IllegalStateException("The output is %s of shape %s for each item; float or float16 %s is served"
                    .formatted(output.datatype().javaType, Arrays.toString(output.shape()), wanted));
        }
    }

    /** Half precision ends at 65,504, so that other models may overflow in it. */
    private static void checkFinite(float[] vector) {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException(
                        "The output holds %s; if the model is served in half precision set headroom.precision to full"
                                .formatted(value));
            }
        }
    }

    private float[] pooled(Tensor values, int tokens) {
        checkType(values, false, "[tokens, dimensions]");
        float[] vector = new float[Math.toIntExact(values.shape()[1])];
        switch (spec.pooling()) {
            case MEAN -> mean(values, tokens, vector);
            case CLS -> values.read(0, vector);
            case LAST_TOKEN -> values.read((tokens - 1) * vector.length, vector);
        }
        checkFinite(vector);
        return vector;
    }

    private static void mean(Tensor values, int tokens, float[] vector) {
        float[] token = new float[vector.length];
        for (int t = 0; t < tokens; t++) {
            values.read(t * vector.length, token);
            for (int d = 0; d < vector.length; d++) {
                vector[d] += token[d];
            }
        }
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= tokens;
        }
    }

    private static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float length = (float) Math.max(Math.sqrt(squares), 1e-12);
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= length;
        }
        return vector;
    }
}
