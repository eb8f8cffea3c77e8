package dev.headroom.task;

import dev.headroom.model.Layer;

/** Computes the layers behind the pooling. */
final class Layers {

    /** PyTorch's, which keep the divisor from being 0. */
    private static final double NORM_EPSILON = 1e-5;

    private static final double LENGTH_EPSILON = 1e-12;

    private Layers() {}

    /**
     * The vector behind a layer.
     *
     * @throws IllegalStateException when the layer takes vectors of another length
     */
    static float[] behind(Layer layer, float[] vector) {
        return switch (layer) {
            case Layer.Dense dense -> dense(dense, checked(vector, dense.inputs()));
            case Layer.LayerNorm norm -> layerNorm(norm, checked(vector, norm.scale().length));
            case Layer.LogSaturation saturation -> saturated(saturation, vector);
            case Layer.Normalize _ -> normalized(vector);
        };
    }

    private static float[] checked(float[] vector, int length) {
        if (vector.length != length) {
            throw new IllegalStateException(
                    "A layer of modules.json takes %d values, and the vector before it has %d; its folder is that of another model"
                            .formatted(length, vector.length));
        }
        return vector;
    }

    private static float[] dense(Layer.Dense dense, float[] vector) {
        float[] result = new float[dense.outputs()];
        boolean residual = dense.residual().length > 0;
        for (int o = 0; o < result.length; o++) {
            int row = o * vector.length;
            double value = dense.activation().of(product(dense.weights(), row, vector) + dense.bias()[o]);
            result[o] = (float) (residual ? value + product(dense.residual(), row, vector) : value);
        }
        return result;
    }

    private static double product(float[] weights, int from, float[] vector) {
        double sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum += (double) weights[from + i] * vector[i];
        }
        return sum;
    }

    private static float[] layerNorm(Layer.LayerNorm norm, float[] vector) {
        double mean = 0;
        for (float value : vector) {
            mean += value / (double) vector.length;
        }
        double variance = 0;
        for (float value : vector) {
            variance += (value - mean) * (value - mean) / vector.length;
        }
        float[] result = new float[vector.length];
        for (int d = 0; d < vector.length; d++) {
            double unit = (vector[d] - mean) / Math.sqrt(variance + NORM_EPSILON);
            result[d] = (float) (unit * norm.scale()[d] + norm.shift()[d]);
        }
        return result;
    }

    private static float[] saturated(Layer.LogSaturation saturation, float[] vector) {
        float[] result = new float[vector.length];
        for (int d = 0; d < vector.length; d++) {
            double once = vector[d] > 0 ? Math.log1p(vector[d]) : 0;
            result[d] = (float) (saturation.twice() ? Math.log1p(once) : once);
        }
        return result;
    }

    /** The vector with the length 1; zeros stay. */
    static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float length = (float) Math.max(Math.sqrt(squares), LENGTH_EPSILON);
        float[] result = new float[vector.length];
        for (int d = 0; d < vector.length; d++) {
            result[d] = vector[d] / length;
        }
        return result;
    }
}
