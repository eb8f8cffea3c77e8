package dev.headroom.task;

import dev.headroom.model.Pooling;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the vectors of a text's tokens into one vector, as sentence-transformers does.
 *
 * @param poolings the ways to pool, whose vectors are concatenated
 */
record Poolings(List<Pooling> poolings) {

    /**
     * The vector.
     *
     * @param values the vectors of all tokens, padding behind them
     * @param from the first token that is pooled
     * @param tokens the number of tokens without padding
     */
    float[] pooled(Tensor values, int from, int tokens) {
        int width = Math.toIntExact(values.shape()[1]);
        float[] vector = new float[width * poolings.size()];
        for (int i = 0; i < poolings.size(); i++) {
            float[] part = pooled(poolings.get(i), new Tokens(values, Math.min(from, tokens), tokens, width));
            System.arraycopy(part, 0, vector, i * width, width);
        }
        return vector;
    }

    /** The tokens that are pooled: none where the prompt filled the whole text. */
    private record Tokens(Tensor values, int from, int to, int width) {

        int count() {
            return to - from;
        }

        void read(int token, float[] into) {
            values.read(token * width, into);
        }

        float[] one(int token) {
            float[] vector = new float[width];
            read(token, vector);
            return vector;
        }
    }

    private static float[] pooled(Pooling pooling, Tokens tokens) {
        return switch (pooling) {
            case CLS -> tokens.one(tokens.count() == 0 ? 0 : tokens.from());
            case LAST_TOKEN -> tokens.count() == 0 ? new float[tokens.width()] : tokens.one(tokens.to() - 1);
            case MAX -> max(tokens);
            case MEAN -> divided(sum(tokens, false), tokens.count());
            case MEAN_SQRT_LEN -> divided(sum(tokens, false), Math.sqrt(tokens.count()));
            case WEIGHTED_MEAN -> divided(sum(tokens, true), weights(tokens));
        };
    }

    private static float[] max(Tokens tokens) {
        float[] greatest = new float[tokens.width()];
        float[] token = new float[tokens.width()];
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        for (int t = tokens.from(); t < tokens.to(); t++) {
            tokens.read(t, token);
            for (int d = 0; d < token.length; d++) {
                greatest[d] = Math.max(greatest[d], token[d]);
            }
        }
        return greatest;
    }

    /** The sum of the vectors, each times its place in the text where they are weighted. */
    private static float[] sum(Tokens tokens, boolean weighted) {
        float[] sum = new float[tokens.width()];
        float[] token = new float[tokens.width()];
        for (int t = tokens.from(); t < tokens.to(); t++) {
            tokens.read(t, token);
            for (int d = 0; d < token.length; d++) {
                sum[d] += weighted ? token[d] * (t + 1) : token[d];
            }
        }
        return sum;
    }

    private static double weights(Tokens tokens) {
        return tokens.count() * (tokens.from() + 1.0 + tokens.to()) / 2;
    }

    /** The quotient; zeros where nothing was added. */
    private static float[] divided(float[] sum, double by) {
        for (int d = 0; d < sum.length && by > 0; d++) {
            sum[d] = (float) (sum[d] / by);
        }
        return sum;
    }
}
