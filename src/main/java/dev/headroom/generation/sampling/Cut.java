package dev.headroom.generation.sampling;

import java.util.Arrays;

/**
 * Finds the logit below which a filter drops tokens. Only the tokens near the most probable one are sorted, and more of them where
 * these are not enough. Tokens with equal logits stay or go together.
 */
final class Cut {

    /** How far below the largest logit is looked first, in units of the temperature. A sharp distribution needs no more. */
    private static final float NEAR = 8;

    /** Beyond this all are looked at. */
    private static final float FAR = 200;

    private Cut() {}

    /** The logit of the token at a place, 1 for the most probable one. */
    static float place(Logits logits, int place) {
        for (float range = NEAR; ; range = wider(range)) {
            float[] sorted = logits.from(logits.max() - range);
            if (sorted.length >= place) {
                Arrays.sort(sorted);
                return sorted[sorted.length - place];
            }
            if (Float.isInfinite(range)) {
                return -Float.MAX_VALUE; // there are not so many
            }
        }
    }

    /**
     * The largest logit such that the tokens which have it or a larger one weigh enough.
     *
     * @param least only tokens whose logit is this one or larger, of which there is one
     * @param enough what they weigh together; if rounding leaves them below, all are taken
     */
    static float weight(Weights weights, float least, double enough) {
        float max = weights.logits().max();
        for (float range = NEAR; ; range = wider(range)) {
            float floor = Math.max(least, max - range * weights.temperature());
            float[] found = weights.logits().from(floor);
            if (sum(weights, found) >= enough || floor == least) {
                return last(weights, found, enough);
            }
        }
    }

    private static float wider(float range) {
        return range < FAR ? range * 1.5f : Float.POSITIVE_INFINITY;
    }

    private static double sum(Weights weights, float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += weights.weight(logit);
        }
        return sum;
    }

    private static float last(Weights weights, float[] logits, double enough) {
        Arrays.sort(logits);
        int i = logits.length;
        double sum = 0;
        do {
            i--;
            sum += weights.weight(logits[i]);
        } while (i > 0 && sum < enough);
        return logits[i];
    }
}
