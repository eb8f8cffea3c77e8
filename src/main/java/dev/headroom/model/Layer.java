package dev.headroom.model;

/** A step that turns a pooled vector into another one, as sentence-transformers' modules behind the pooling do. */
public sealed interface Layer {

    /** The length of the vectors that it takes; 0 where it takes all. */
    default int inputs() {
        return 0;
    }

    /** The length of the vectors that it gives; 0 where it leaves it as it is. */
    default int outputs() {
        return inputs();
    }

    /**
     * A linear layer with an activation.
     *
     * @param weights a row of {@code inputs} weights for each output
     * @param bias a value for each output
     * @param residual weights like the others by which the input is added behind the activation; empty where it is not
     */
    record Dense(int inputs, int outputs, float[] weights, float[] bias, DenseActivation activation, float[] residual)
            implements Layer {}

    /** Moves the vector's mean to 0 and its deviation to 1; then scales and shifts each value. */
    record LayerNorm(float[] scale, float[] shift) implements Layer {

        @Override
        public int inputs() {
            return scale.length;
        }
    }

    /**
     * Makes weights of the scores of a vocabulary's tokens: the logarithm of one more than a score, and 0 for one below 0.
     *
     * @param twice true if the logarithm is taken of that in the same way again, as OpenSearch's models do
     */
    record LogSaturation(boolean twice) implements Layer {}

    /** Gives the vector the length 1. */
    record Normalize() implements Layer {}
}
