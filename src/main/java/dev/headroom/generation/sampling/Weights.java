package dev.headroom.generation.sampling;

import java.util.Arrays;

/**
 * The unnormalised probabilities of tokens: the exponential of each logit's distance from the largest, divided by the
 * temperature. They are computed block by block whenever they are needed, in loops that the compiler vectorises, so that none
 * of them is kept. Their relative error is below 0.00005.
 */
final class Weights {

    /** Tokens of a block: their weights stay in the nearest cache. */
    static final int BLOCK = 1024;

    /** The least exponent. What is less probable is never drawn. */
    private static final float LEAST = -60;

    private final Logits logits;
    private final float max;
    private final float temperature;
    private final float[] block = new float[BLOCK];

    /**
     * The weights at a temperature.
     *
     * @param temperature more than 0
     */
    Weights(Logits logits, float temperature) {
        this.logits = logits;
        this.temperature = temperature;
        max = logits.max();
    }

    Logits logits() {
        return logits;
    }

    float temperature() {
        return temperature;
    }

    /** The weight of one logit, exactly. */
    double weight(float logit) {
        return Math.exp((logit - max) / temperature);
    }

    /** The tokens of the block that begins with this one. */
    int count(int first) {
        return Math.min(BLOCK, logits.length() - first);
    }

    /** The weights of a block, which are valid until the next call. */
    float[] block(int first) {
        logits.copy(first, block, count(first));
        float scale = 1 / temperature;
        for (int i = 0; i < BLOCK; i++) {
            block[i] = Math.max((block[i] - max) * scale, LEAST);
        }
        exponentials(block);
        return block;
    }

    /** A polynomial for a part of the exponent, squared until it is that of the whole. */
    private static void exponentials(float[] x) {
        for (int i = 0; i < BLOCK; i++) {
            float f = x[i] * (1f / 128);
            float end = 1f / 24 + f * (1f / 120 + f * (1f / 720 + f * (1f / 5040)));
            float p = 1 + f * (1 + f * (1f / 2 + f * (1f / 6 + f * end)));
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            x[i] = p * p;
        }
    }

    /** The sum over the tokens of a block whose logit is this one or larger. */
    double sum(int first, float least) {
        float[] weights = block(first);
        double sum = 0;
        for (int i = 0; i < count(first); i++) {
            sum += logits.at(first + i) >= least ? weights[i] : 0;
        }
        return sum;
    }

    /** The sum over all tokens whose logit is this one or larger. */
    double sum(float least) {
        double sum = 0;
        for (int first = 0; first < logits.length(); first += BLOCK) {
            sum += sum(first, least);
        }
        return sum;
    }

    /**
     * The token at a place of the sum.
     *
     * @param least only tokens whose logit is this one or larger, of which there is one
     * @param place 0 to 1
     */
    int token(float least, double place) {
        double[] sums = new double[(logits.length() + BLOCK - 1) / BLOCK];
        Arrays.setAll(sums, i -> sum(i * BLOCK, least));
        double rest = place * Arrays.stream(sums).sum();
        int last = 0;
        for (int i = 0; i < sums.length && (sums[last] == 0 || rest >= 0); i++) {
            if (sums[i] > 0) {
                last = i;
                rest -= sums[i];
            }
        }
        return tokenOfBlock(last * BLOCK, least, rest + sums[last]);
    }

    /** The token at this place of a block's sum, or its last one. */
    private int tokenOfBlock(int first, float least, double place) {
        float[] weights = block(first);
        double rest = place;
        int token = -1;
        for (int i = 0; i < count(first); i++) {
            if (logits.at(first + i) >= least) {
                token = first + i;
                rest -= weights[i];
                if (rest < 0) {
                    return token;
                }
            }
        }
        return token;
    }
}
